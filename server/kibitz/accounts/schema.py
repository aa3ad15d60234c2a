"""The accounts' tables, as named and ordered migrations. Of tokens only the SHA-256 is stored.

data/README.md describes every column.
"""

from typing import TYPE_CHECKING

from kibitz.sqlite_file import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations = Migrations("accounts")

_TABLES = (
    """
    CREATE TABLE players (
        player_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('guest', 'bot')),
        created_us INTEGER NOT NULL,
        last_seen_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE sessions (
        token_hash BLOB PRIMARY KEY,
        player_id TEXT NOT NULL REFERENCES players (player_id),
        created_us INTEGER NOT NULL,
        last_seen_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE admins (
        name TEXT PRIMARY KEY,
        password_hash TEXT NOT NULL,
        created_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE admin_sessions (
        token_hash BLOB PRIMARY KEY,
        admin TEXT NOT NULL,
        created_us INTEGER NOT NULL,
        expires_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE links (
        token_hash BLOB PRIMARY KEY,
        created_us INTEGER NOT NULL,
        expires_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE audit_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        address TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT
    """,
)


@migrations(name="0001_first_evening")
def _first_evening(db: "Database") -> None:
    for statement in _TABLES:
        db.execute(statement)


@migrations(name="0002_roles")
def _roles(db: "Database") -> None:
    db.execute(
        "ALTER TABLE admins ADD COLUMN role TEXT NOT NULL DEFAULT 'admin' "
        "CHECK (role IN ('admin', 'analyst'))"
    )
    db.execute(
        "ALTER TABLE admins ADD COLUMN comes_by TEXT NOT NULL DEFAULT 'password' "
        "CHECK (comes_by IN ('password', 'provider'))"
    )

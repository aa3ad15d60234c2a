"""data/README.md against the files themselves: every table, view and column, and none besides."""

import re
from pathlib import Path

import pytest

from kibitz.accounts.schema import migrations as accounts_migrations
from kibitz.journal.records import EventKind
from kibitz.journal.schema import migrations as journal_migrations
from kibitz.ratings.schema import migrations as ratings_migrations
from kibitz.sqlite_file import Migrations, connect, prepare
from kibitz.telemetry.schema import migrations as telemetry_migrations

README = Path(__file__).resolve().parents[2] / "data" / "README.md"
PARTS = {
    "journal": "The journal",
    "accounts": "The accounts",
    "telemetry": "Telemetry",
    "ratings": "The ratings",
}
"""The chapter of each file; two files may have a table of the same name."""
INTERNAL = {"_sqlite_migrations", "sqlite_sequence"}


def schema(path: Path, migrations: Migrations) -> dict[str, list[str]]:
    """Columns by table or view."""
    prepare(path, migrations)
    connection = connect(path, read_only=True)
    found = connection.execute(
        "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view')"
    ).fetchall()
    columns = {
        f"{kind} `{name}`".capitalize(): [
            row[1] for row in connection.execute(f"PRAGMA table_info({name})").fetchall()
        ]
        for kind, name in found
        if name not in INTERNAL
    }
    connection.close()
    return columns


def sections(chapter: str) -> dict[str, str]:
    """Of one chapter, by their titles."""
    text = re.split(rf"^## {chapter}$", README.read_text(), flags=re.MULTILINE)[1]
    parts = re.split(r"^### (.*)$", re.split(r"^## ", text, flags=re.MULTILINE)[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(
    "migrations",
    [journal_migrations, accounts_migrations, telemetry_migrations, ratings_migrations],
    ids=lambda found: found.name,
)
def test_every_table_view_and_column_is_described(tmp_path: Path, migrations: Migrations) -> None:
    described = sections(PARTS[migrations.name])
    for title, columns in schema(tmp_path / "file.sqlite", migrations).items():
        assert title in described, f"data/README.md has no section {title!r}"
        missing = [column for column in columns if f"`{column}`" not in described[title]]
        assert not missing, f"{title} of data/README.md lacks {missing}"
        listed = re.findall(r"^\| `(\w+)` \|", described[title], flags=re.MULTILINE)
        assert set(listed) <= set(columns), f"{title} of data/README.md describes what is not there"


def test_every_described_table_exists(tmp_path: Path) -> None:
    for migrations in (journal_migrations, accounts_migrations, telemetry_migrations, ratings_migrations):
        real = set(schema(tmp_path / f"{migrations.name}.sqlite", migrations))
        described = sections(PARTS[migrations.name])
        assert {title for title in described if title.startswith(("Table", "View"))} == real
    chapters = re.findall(r"^## (.*)$", README.read_text(), flags=re.MULTILINE)
    assert set(PARTS.values()) <= set(chapters)
    tables = re.findall(r"^### ((?:Table|View) .*)$", README.read_text(), flags=re.MULTILINE)
    assert len(tables) == sum(len(sections(chapter)) for chapter in PARTS.values())


def test_every_kind_of_event_is_named() -> None:
    section = sections(PARTS["journal"])["View `events_v1`"]
    assert all(f"`{kind}`" in section for kind in EventKind)

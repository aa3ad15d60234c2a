"""Admins: passwords, one-time links, sessions, and the log of what was done.

Sessions are read from the file each time, so that one that another process ended is ended.
"""

import apsw

from kibitz.accounts.errors import AdminExists, BadName
from kibitz.accounts.lockout import Lockout
from kibitz.accounts.names import admin_name
from kibitz.accounts.passwords import HashingBusy, Passwords, refuse_weak
from kibitz.accounts.records import (
    LINK_ADMIN,
    AdminSession,
    AuditAction,
    AuditEntry,
    AuditPage,
    AuditWanted,
    LoginRefused,
)
from kibitz.accounts.store import HOUR_US, Store, Work
from kibitz.accounts.tokens import new_token, token_hash
from kibitz.clock import Clock
from kibitz.ids import AdminName, Entropy

ADMIN_SESSION_LIFETIME_US = 12 * HOUR_US
BUSY_RETRY_MS = 1_000
_NAME_LENGTH_MAX = 64

_FIND_ADMIN_SESSION = "SELECT admin, expires_us FROM admin_sessions WHERE token_hash = ?"
AUDIT_READ_MOST = 10_000
"""Entries looked at for one page: one that nothing fits must not hold the server."""

_READ_AUDIT = """
SELECT id, actor, action, subject, address, detail, at_us FROM audit_log
WHERE id <= ?1 AND id >= ?2
    AND (?3 = '' OR actor = ?3) AND (?4 = '' OR action = ?4) AND (?5 = '' OR subject = ?5)
ORDER BY id DESC LIMIT ?6
"""
_PURGE = (
    "DELETE FROM admin_sessions WHERE expires_us <= ?",
    "DELETE FROM links WHERE expires_us <= ?",
)


class Admins:
    def __init__(self, store: Store, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._passwords = Passwords()
        self._lockout = Lockout()

    def close(self) -> None:
        """Blocks until the hashes under way are done."""
        self._passwords.close()

    async def create(self, name: str, password: str) -> AdminName:
        """Raises `BadName`, `WeakPassword`, `AdminExists`, `AccountsUnavailable`."""
        admin = admin_name(name)
        if admin == LINK_ADMIN:
            raise BadName(f"The name {LINK_ADMIN} is kept for one-time links; choose another name.")
        refuse_weak(password, admin)
        password_hash = await self._passwords.hash(password)
        now_us = self._clock.now_us()

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT INTO admins (name, password_hash, created_us) VALUES (?, ?, ?)",
                (admin, password_hash, now_us),
            )
            write_audit(connection, AuditEntry(admin, AuditAction.ADMIN_CREATED), now_us)

        try:
            await self._store.write(work)
        except apsw.ConstraintError as error:
            raise AdminExists(admin) from error
        return admin

    async def login(self, name: str, password: str, address: str) -> tuple[AdminSession, str] | LoginRefused:
        """A session of 12 hours and its token, or a refusal that tells nothing about the reason.

        `address` is the client's, as the proxy rules made it. Raises `AccountsUnavailable`.
        """
        name = name[:_NAME_LENGTH_MAX]
        wait_ms = self._lockout.wait_ms(name, address, self._clock.monotonic_us())
        if wait_ms > 0:
            return LoginRefused(wait_ms)
        stored = self._password_hash(name)
        self._lockout.missed(name, address, self._clock.monotonic_us())
        try:
            fits = await self._passwords.verify(password, stored)
        except HashingBusy:
            return LoginRefused(BUSY_RETRY_MS)
        if not fits:
            # For an unknown name as well, or the time that the commit takes would tell which there are.
            actor = name if stored else ""
            await self.audit(AuditEntry(actor, AuditAction.LOGIN_REFUSED, address=address))
            return LoginRefused(self._lockout.wait_ms(name, address, self._clock.monotonic_us()))
        self._lockout.succeeded(name, address)
        entry = AuditEntry(name, AuditAction.LOGIN, address=address)
        session, token, insert = self._new_session(AdminName(name), entry)
        await self._store.write(insert)
        return session, token

    def create_link(self, lifetime_ms: int) -> str:
        """The token of a link that logs one person in once. Blocks for the length of a commit.

        Raises `AccountsUnavailable`.
        """
        token, hashed = new_token(self._entropy)
        now_us = self._clock.now_us()

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT INTO links (token_hash, created_us, expires_us) VALUES (?, ?, ?)",
                (hashed, now_us, now_us + lifetime_ms * 1000),
            )
            write_audit(connection, AuditEntry(LINK_ADMIN, AuditAction.LINK_CREATED), now_us)

        self._store.submit(work).result()
        return token

    async def redeem_link(self, token: str, address: str) -> tuple[AdminSession, str] | None:
        """A session of 12 hours and its token; None if the link is unknown, used or too old.

        Raises `AccountsUnavailable`.
        """
        hashed = token_hash(token)
        if hashed is None:
            return None
        now_us = self._clock.now_us()
        entry = AuditEntry(LINK_ADMIN, AuditAction.LINK_REDEEMED, address=address)
        session, session_token, insert = self._new_session(LINK_ADMIN, entry)

        def work(connection: apsw.Connection) -> bool:
            # Deleting it is what uses it: of two who come at once, one gets the row.
            row = connection.execute(
                "DELETE FROM links WHERE token_hash = ? RETURNING expires_us", (hashed,)
            ).fetchone()
            if row is None or now_us >= row[0]:
                return False
            insert(connection)
            return True

        return (session, session_token) if await self._store.write(work) else None

    def find_session(self, token: str) -> AdminSession | None:
        """Whose admin session this is; None if it is nobody's, was ended or has expired."""
        hashed = token_hash(token)
        row = self._store.row(_FIND_ADMIN_SESSION, hashed) if hashed else None
        if row is None or row[1] <= self._clock.now_us():
            return None
        return AdminSession(AdminName(row[0]), row[1])

    async def end_session(self, token: str) -> None:
        """From now on nobody is logged in by this token. Raises `AccountsUnavailable`."""
        hashed = token_hash(token)
        session = self.find_session(token)
        if hashed is None or session is None:
            return
        now_us = self._clock.now_us()

        def work(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM admin_sessions WHERE token_hash = ?", (hashed,))
            write_audit(connection, AuditEntry(session.name, AuditAction.LOGOUT), now_us)

        await self._store.write(work)

    async def audit(self, entry: AuditEntry) -> None:
        """Write down who did what, at this instant. Raises `AccountsUnavailable`."""
        now_us = self._clock.now_us()
        await self._store.write(lambda connection: write_audit(connection, entry, now_us))

    def read_audit(self, wanted: AuditWanted) -> AuditPage:
        """The entries that fit, newest first. Raises `AccountsUnavailable`."""
        (newest,) = self._store.rows("SELECT coalesce(max(id), 0) FROM audit_log")[0]
        upto = newest if wanted.before is None else min(newest, wanted.before - 1)
        down_to = upto - AUDIT_READ_MOST + 1
        rows = self._store.rows(
            _READ_AUDIT, upto, down_to, wanted.actor, wanted.action, wanted.subject, wanted.limit
        )
        entries = tuple((row[0], AuditEntry(*row[1:])) for row in rows)
        if len(entries) == wanted.limit:
            return AuditPage(entries, entries[-1][0])
        return AuditPage(entries, down_to if down_to > 1 else None)

    def _password_hash(self, name: str) -> str | None:
        try:
            row = self._store.row("SELECT password_hash FROM admins WHERE name = ?", admin_name(name))
        except BadName:
            return None
        return row[0] if row else None

    def _new_session(self, name: AdminName, entry: AuditEntry) -> tuple[AdminSession, str, Work[None]]:
        """A session, its token, and what has to be done in a transaction to make it real."""
        token, hashed = new_token(self._entropy)
        now_us = self._clock.now_us()
        session = AdminSession(name, now_us + ADMIN_SESSION_LIFETIME_US)

        def insert(connection: apsw.Connection) -> None:
            for statement in _PURGE:
                connection.execute(statement, (now_us,))
            connection.execute(
                "INSERT INTO admin_sessions (token_hash, admin, created_us, expires_us) VALUES (?, ?, ?, ?)",
                (hashed, name, now_us, session.expires_us),
            )
            write_audit(connection, entry, now_us)

        return session, token, insert


def write_audit(connection: apsw.Connection, entry: AuditEntry, at_us: int) -> None:
    """Within a transaction, so that a deed and its record are stored together or not at all."""
    connection.execute(
        "INSERT INTO audit_log (actor, action, subject, address, detail, at_us) VALUES (?, ?, ?, ?, ?, ?)",
        (entry.actor, entry.action, entry.subject, entry.address, entry.detail, at_us),
    )

"""Admins: passwords, one-time links, sessions, and the log of what was done.

Sessions are read from the file each time, so that one that another process ended is ended.
"""

import apsw

from kibitz.accounts.errors import AdminExists, BadName, NoSuchAdmin
from kibitz.accounts.lockout import Lockout
from kibitz.accounts.names import admin_name, provided_name
from kibitz.accounts.passwords import HashingBusy, Passwords, refuse_weak
from kibitz.accounts.records import (
    LINK_ADMIN,
    AdminAccount,
    AdminSession,
    AuditAction,
    AuditEntry,
    AuditPage,
    AuditWanted,
    ComesBy,
    LoginRefused,
    Role,
)
from kibitz.accounts.store import HOUR_US, Store, Work
from kibitz.accounts.tokens import new_token, token_hash
from kibitz.clock import Clock
from kibitz.ids import AdminName, Entropy

ADMIN_SESSION_LIFETIME_US = 12 * HOUR_US
BUSY_RETRY_MS = 1_000
_NAME_LENGTH_MAX = 64

_FIND_ADMIN_SESSION = """
SELECT s.admin, s.expires_us, a.role FROM admin_sessions s LEFT JOIN admins a ON a.name = s.admin
WHERE s.token_hash = ?
"""
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

    async def create(self, name: str, password: str | None, role: Role = Role.ADMIN) -> AdminName:
        """Without a password, an OpenID provider has to vouch for the name.

        Raises `BadName`, `WeakPassword`, `AdminExists`, `AccountsUnavailable`.
        """
        admin = provided_name(name) if password is None else admin_name(name)
        if admin == LINK_ADMIN:
            raise BadName(f"The name {LINK_ADMIN} is kept for one-time links; choose another name.")
        comes_by, password_hash = ComesBy.PROVIDER, ""
        if password is not None:
            refuse_weak(password, admin)
            comes_by, password_hash = ComesBy.PASSWORD, await self._passwords.hash(password)
        now_us = self._clock.now_us()

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT INTO admins (name, password_hash, created_us, role, comes_by) VALUES (?, ?, ?, ?, ?)",
                (admin, password_hash, now_us, role, comes_by),
            )
            write_audit(connection, AuditEntry(admin, AuditAction.ADMIN_CREATED, detail=role), now_us)

        try:
            await self._store.write(work)
        except apsw.ConstraintError as error:
            raise AdminExists(admin) from error
        return admin

    async def remove(self, name: str) -> None:
        """The account and its sessions. Raises `NoSuchAdmin`, `AccountsUnavailable`."""
        now_us = self._clock.now_us()

        def work(connection: apsw.Connection) -> bool:
            gone = connection.execute("DELETE FROM admins WHERE name = ? RETURNING name", (name,)).fetchone()
            if gone is None:
                return False
            connection.execute("DELETE FROM admin_sessions WHERE admin = ?", (name,))
            write_audit(connection, AuditEntry(name, AuditAction.ADMIN_REMOVED), now_us)
            return True

        if not await self._store.write(work):
            raise NoSuchAdmin(name)

    def accounts(self) -> list[AdminAccount]:
        rows = self._store.rows("SELECT name, role, comes_by, created_us FROM admins ORDER BY name")
        return [
            AdminAccount(AdminName(name), Role(role), ComesBy(comes_by), created_us)
            for name, role, comes_by, created_us in rows
        ]

    async def enter_provided(self, name: str, provider: str, address: str) -> tuple[AdminSession, str] | None:
        """A session for whom an OpenID provider just vouched; None where nobody made them an account.

        The caller has checked the provider's word. Raises `AccountsUnavailable`.
        """
        row = None
        try:
            wanted = (provided_name(name), ComesBy.PROVIDER)
            row = self._store.row("SELECT name, role FROM admins WHERE name = ? AND comes_by = ?", *wanted)
        except BadName:
            pass  # no account can have it
        if row is None:
            refused = f"{provider} vouched for somebody without an account"
            await self.audit(AuditEntry("", AuditAction.LOGIN_REFUSED, address=address, detail=refused))
            return None
        admin = AdminName(row[0])
        entry = AuditEntry(admin, AuditAction.LOGIN, address=address, detail=f"by {provider}")
        session, token, insert = self._new_session(admin, entry, Role(row[1]))
        await self._store.write(insert)
        return session, token

    async def login(self, name: str, password: str, address: str) -> tuple[AdminSession, str] | LoginRefused:
        """A session of 12 hours and its token, or a refusal that tells nothing about the reason.

        `address` is the client's, as the proxy rules made it. Raises `AccountsUnavailable`.
        """
        name = name[:_NAME_LENGTH_MAX]
        wait_ms = self._lockout.wait_ms(name, address, self._clock.monotonic_us())
        if wait_ms > 0:
            return LoginRefused(wait_ms)
        stored, role = self._password_hash(name)
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
        session, token, insert = self._new_session(AdminName(name), entry, role)
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
        name, expires_us, role = row
        if role is None and name != LINK_ADMIN:
            return None  # the account is gone
        return AdminSession(AdminName(name), expires_us, Role(role or Role.ADMIN))

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

    def _password_hash(self, name: str) -> tuple[str | None, Role]:
        """None where no password is the right one."""
        try:
            wanted = (admin_name(name), ComesBy.PASSWORD)
            row = self._store.row(
                "SELECT password_hash, role FROM admins WHERE name = ? AND comes_by = ?", *wanted
            )
        except BadName:
            row = None
        return (row[0], Role(row[1])) if row else (None, Role.ANALYST)

    def _new_session(
        self, name: AdminName, entry: AuditEntry, role: Role = Role.ADMIN
    ) -> tuple[AdminSession, str, Work[None]]:
        """A session, its token, and what has to be done in a transaction to make it real."""
        token, hashed = new_token(self._entropy)
        now_us = self._clock.now_us()
        session = AdminSession(name, now_us + ADMIN_SESSION_LIFETIME_US, role)

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

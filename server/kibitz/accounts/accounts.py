"""Everybody the server knows, in one file that a second process may use at the same time.

Writes go to one thread and are awaited. What every connection and request asks (whose session is
this, what is this player's name) is answered on the loop.
"""

import asyncio
import secrets
from pathlib import Path

from kibitz.accounts.admins import Admins
from kibitz.accounts.guests import Guests
from kibitz.accounts.records import (
    AdminAccount,
    AdminSession,
    AuditEntry,
    AuditPage,
    AuditWanted,
    LoginRefused,
    Player,
    Role,
)
from kibitz.accounts.store import Store
from kibitz.clock import Clock, SystemClock
from kibitz.ids import AdminName, Entropy, PlayerId

LINK_LIFETIME_MS = 10 * 60_000
START_LINK_LIFETIME_MS = 24 * 60 * 60_000
"""For the link that is printed at the start, before anybody can have opened it."""

_NEWEST = AuditWanted()


class Accounts:
    """Made by `open`. Used on one event loop, except `create_link`, which needs none."""

    def __init__(self, store: Store, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._guests = Guests(store, clock, entropy)
        self._admins = Admins(store, clock, entropy)
        self._is_closed = False

    @classmethod
    def open(
        cls, path: Path, clock: Clock | None = None, entropy: Entropy = secrets.token_bytes
    ) -> "Accounts":
        """Open or create the accounts at `path`. Blocks while it migrates. Raises `AccountsUnusable`."""
        return cls(Store(path), clock or SystemClock(), entropy)

    async def close(self) -> None:
        """Finish what was asked for, then release the file. Idempotent."""
        if not self._is_closed:
            self._is_closed = True
            await asyncio.to_thread(self._close)

    async def create_guest(self, name: str, *, is_bot: bool = False) -> tuple[Player, str]:
        """A new player and the token of their session, which is stored nowhere.

        Raises `BadName`, `AccountsUnavailable`.
        """
        return await self._guests.create(name, is_bot=is_bot)

    def find_session(self, token: str) -> Player | None:
        """Whose session this is; None if it is nobody's or has expired."""
        return self._guests.find_session(token)

    def find_player(self, player_id: PlayerId) -> Player | None:
        return self._guests.find_player(player_id)

    def player_name(self, player_id: PlayerId) -> str | None:
        return self._guests.player_name(player_id)

    async def rename(self, player_id: PlayerId, name: str) -> Player:
        """Raises `BadName`, `UnknownPlayer`, `AccountsUnavailable`."""
        return await self._guests.rename(player_id, name)

    async def create_admin(self, name: str, password: str | None, role: Role = Role.ADMIN) -> AdminName:
        """Without a password, an OpenID provider has to vouch for the name.

        Raises `BadName`, `WeakPassword`, `AdminExists`, `AccountsUnavailable`.
        """
        return await self._admins.create(name, password, role)

    async def remove_admin(self, name: str) -> None:
        """The account and its sessions. Raises `NoSuchAdmin`, `AccountsUnavailable`."""
        await self._admins.remove(name)

    def admins(self) -> list[AdminAccount]:
        """Admins and analysts, by name."""
        return self._admins.accounts()

    async def provided_login(self, name: str, provider: str, address: str) -> tuple[AdminSession, str] | None:
        """A session for whom an OpenID provider just vouched; None where nobody made them an account.

        Raises `AccountsUnavailable`.
        """
        return await self._admins.enter_provided(name, provider, address)

    async def admin_login(
        self, name: str, password: str, address: str
    ) -> tuple[AdminSession, str] | LoginRefused:
        """A session of 12 hours and its token, or a refusal that tells nothing about the reason.

        `address` is the client's, as the proxy rules made it. Raises `AccountsUnavailable`.
        """
        return await self._admins.login(name, password, address)

    def create_link(self, lifetime_ms: int = LINK_LIFETIME_MS) -> str:
        """The token of a link that logs one person in once. Blocks for the length of a commit.

        Raises `AccountsUnavailable`.
        """
        return self._admins.create_link(lifetime_ms)

    async def redeem_link(self, token: str, address: str = "") -> tuple[AdminSession, str] | None:
        """A session of 12 hours and its token; None if the link is unknown, used or too old.

        Raises `AccountsUnavailable`.
        """
        return await self._admins.redeem_link(token, address)

    def find_admin_session(self, token: str) -> AdminSession | None:
        """Whose admin session this is; None if it is nobody's, was ended or has expired."""
        return self._admins.find_session(token)

    async def end_admin_session(self, token: str) -> None:
        """From now on nobody is logged in by this token. Raises `AccountsUnavailable`."""
        await self._admins.end_session(token)

    async def audit(self, entry: AuditEntry) -> None:
        """Write down who did what, at this instant. Raises `AccountsUnavailable`."""
        await self._admins.audit(entry)

    def read_audit(self, wanted: AuditWanted = _NEWEST) -> AuditPage:
        """The entries that fit, newest first. Raises `AccountsUnavailable`."""
        return self._admins.read_audit(wanted)

    def _close(self) -> None:
        self._admins.close()
        self._store.close()

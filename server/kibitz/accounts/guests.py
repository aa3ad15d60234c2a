"""Players without a password: guests and bots, their names and their sessions."""

import apsw
from msgspec import Struct

from kibitz.accounts.errors import UnknownPlayer
from kibitz.accounts.names import player_name
from kibitz.accounts.recent import Recent
from kibitz.accounts.records import Player, PlayerKind
from kibitz.accounts.store import HOUR_US, Store
from kibitz.accounts.tokens import new_token, token_hash
from kibitz.clock import Clock
from kibitz.ids import Entropy, PlayerId, new_player_id

SESSION_IDLE_US = 30 * 24 * HOUR_US
SESSION_LIFETIME_US = 180 * 24 * HOUR_US
SESSION_TOUCH_US = HOUR_US
"""How stale a stored `last_seen_us` may be: a write an hour, not one per request."""
PURGE_EVERY_US = 24 * HOUR_US
_CACHED = 20_000

_FIND_SESSION = """
    SELECT p.player_id, p.name, p.kind, s.created_us, s.last_seen_us
    FROM sessions AS s JOIN players AS p ON p.player_id = s.player_id
    WHERE s.token_hash = ?
    """


class _Session(Struct):
    player_id: PlayerId
    created_us: int
    last_seen_us: int


class Guests:
    """Looking up is done on the loop: from a bounded memory, or by one indexed read."""

    def __init__(self, store: Store, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._players: Recent[PlayerId, Player] = Recent(_CACHED)
        self._sessions: Recent[bytes, _Session] = Recent(_CACHED)
        self._purged_us = 0

    async def create(self, name: str, *, is_bot: bool = False) -> tuple[Player, str]:
        """A new player and the token of their session, which is stored nowhere.

        Raises `BadName`, `AccountsUnavailable`.
        """
        kind = PlayerKind.BOT if is_bot else PlayerKind.GUEST
        player = Player(new_player_id(is_bot=is_bot, entropy=self._entropy), player_name(name), kind)
        token, hashed = new_token(self._entropy)
        now_us = self._clock.now_us()
        is_purge_due = now_us - self._purged_us >= PURGE_EVERY_US
        if is_purge_due:
            self._purged_us = now_us

        def work(connection: apsw.Connection) -> None:
            connection.execute(
                "INSERT INTO players (player_id, name, kind, created_us, last_seen_us)"
                " VALUES (?, ?, ?, ?, ?)",
                (player.player_id, player.name, player.kind, now_us, now_us),
            )
            connection.execute(
                "INSERT INTO sessions (token_hash, player_id, created_us, last_seen_us) VALUES (?, ?, ?, ?)",
                (hashed, player.player_id, now_us, now_us),
            )
            if is_purge_due:
                # Expired ones are refused anyway. Players stay: replays name them.
                connection.execute(
                    "DELETE FROM sessions WHERE last_seen_us <= ? OR created_us <= ?",
                    (now_us - SESSION_IDLE_US, now_us - SESSION_LIFETIME_US),
                )

        await self._store.write(work)
        self._players.put(player.player_id, player)
        self._sessions.put(hashed, _Session(player.player_id, now_us, now_us))
        return player, token

    def find_session(self, token: str) -> Player | None:
        """Whose session this is; None if it is nobody's or has expired."""
        hashed = token_hash(token)
        if hashed is None:
            return None
        session = self._sessions.get(hashed) or self._read_session(hashed)
        if session is None:
            return None
        now_us = self._clock.now_us()
        if _is_expired(session, now_us):
            self._sessions.drop(hashed)
            return None
        if now_us - session.last_seen_us >= SESSION_TOUCH_US:
            session.last_seen_us = now_us
            self._touch(hashed, session.player_id, now_us)
        return self.find_player(session.player_id)

    def find_player(self, player_id: PlayerId) -> Player | None:
        player = self._players.get(player_id)
        if player is None:
            row = self._store.row("SELECT name, kind FROM players WHERE player_id = ?", player_id)
            if row is None:
                return None
            player = Player(player_id, row[0], PlayerKind(row[1]))
            self._players.put(player_id, player)
        return player

    def player_name(self, player_id: PlayerId) -> str | None:
        player = self.find_player(player_id)
        return player.name if player else None

    async def rename(self, player_id: PlayerId, name: str) -> Player:
        """Raises `BadName`, `UnknownPlayer`, `AccountsUnavailable`."""
        clean = player_name(name)
        before = self.find_player(player_id)
        if before is None:
            raise UnknownPlayer

        def work(connection: apsw.Connection) -> None:
            connection.execute("UPDATE players SET name = ? WHERE player_id = ?", (clean, player_id))

        await self._store.write(work)
        player = Player(player_id, clean, before.kind)
        self._players.put(player_id, player)
        return player

    def _read_session(self, hashed: bytes) -> _Session | None:
        row = self._store.row(_FIND_SESSION, hashed)
        if row is None:
            return None
        player_id, name, kind, created_us, last_seen_us = row
        session = _Session(player_id, created_us, last_seen_us)
        self._sessions.put(hashed, session)
        self._players.put(player_id, Player(player_id, name, PlayerKind(kind)))
        return session

    def _touch(self, hashed: bytes, player_id: PlayerId, now_us: int) -> None:
        def work(connection: apsw.Connection) -> None:
            connection.execute("UPDATE sessions SET last_seen_us = ? WHERE token_hash = ?", (now_us, hashed))
            connection.execute("UPDATE players SET last_seen_us = ? WHERE player_id = ?", (now_us, player_id))

        # Nobody waits for it: what a full disk loses of it, the next hour brings again.
        self._store.submit(work)


def _is_expired(session: _Session, now_us: int) -> bool:
    return (
        now_us - session.last_seen_us >= SESSION_IDLE_US or now_us - session.created_us >= SESSION_LIFETIME_US
    )

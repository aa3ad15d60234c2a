"""What ratings.sqlite says about players and games, for the event loop: short indexed reads."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.ids import GameName, PlayerId, RoomId
from kibitz.ratings.results import Result
from kibitz.ratings.schema import migrations
from kibitz.sqlite_file import connect, prepare

_BUSY_TIMEOUT_MS = 50
_BOARD = """
    SELECT player_id, rating, deviation, played, won FROM ratings
    WHERE game = ? ORDER BY standing DESC, player_id LIMIT ?
    """
_TALLIES = """
    SELECT t.game, t.played, t.won, t.drawn, r.rating, r.deviation
    FROM tallies AS t LEFT JOIN ratings AS r ON r.game = t.game AND r.player_id = t.player_id
    WHERE t.player_id = ? ORDER BY t.played DESC, t.game
    """
_RECENT = """
    SELECT p.room_id, p.match, p.seat, r.game, r.ended_us, r.players, r.results
    FROM placings AS p JOIN results AS r ON r.room_id = p.room_id AND r.match = p.match
    WHERE p.player_id = ? ORDER BY p.ended_id DESC LIMIT ?
    """


class Ranked(Struct, frozen=True):
    """`played` and `won` of the matches that were rated."""

    player: PlayerId
    rating: float
    deviation: float
    played: int
    won: int


class Tally(Struct, frozen=True):
    """A player in one game. `rating` and `deviation` are None before the first match that is rated."""

    game: GameName
    played: int
    won: int
    drawn: int
    rating: float | None
    deviation: float | None


class Past(Struct, frozen=True):
    """A match that a player was in; `opponents` are the others, by seat."""

    room: RoomId
    match: int
    game: GameName
    ended_us: int
    result: Result
    opponents: tuple[PlayerId, ...]


class Standings:
    """Each method may raise `apsw.Error`. The file is the projection's; opening it makes it where missing."""

    def __init__(self, path: Path) -> None:
        """Blocks while it migrates. Raises `UnusableFile`."""
        prepare(path, migrations)
        self._connection = connect(path, read_only=True, busy_timeout_ms=_BUSY_TIMEOUT_MS)

    def board(self, game: GameName, limit: int) -> list[Ranked]:
        """The best of a game, by what is nearly sure of each (`kibitz.ratings.rater`)."""
        return [Ranked(*row) for row in self._rows(_BOARD, game, limit)]

    def tallies(self, player: PlayerId) -> list[Tally]:
        """The most played game first."""
        return [Tally(*row) for row in self._rows(_TALLIES, player)]

    def recent(self, player: PlayerId, limit: int) -> list[Past]:
        """Newest first."""
        return [_past(*row) for row in self._rows(_RECENT, player, limit)]

    def rated_us(self, game: GameName) -> int:
        """When the newest match that is in a game's ratings ended; 0 where there is none."""
        rows = self._rows(
            "SELECT ended_us FROM results WHERE game = ? AND unrated = '' ORDER BY ended_id DESC LIMIT 1",
            game,
        )
        return int(rows[0][0]) if rows else 0

    def looked_us(self) -> int:
        """When the projection last looked at the journal; 0 before the first time."""
        return int(self._rows("SELECT updated_us FROM progress")[0][0])

    def close(self) -> None:
        self._connection.close()

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()


def _past(
    room: RoomId, match: int, seat: int, game: GameName, ended_us: int, players: str, results: str
) -> Past:
    who = msgspec.json.decode(players, type=tuple[PlayerId, ...])
    result = msgspec.json.decode(results, type=tuple[Result, ...])[seat]
    return Past(room, match, game, ended_us, result, who[:seat] + who[seat + 1 :])

"""A player's record, and the rooms that wait for them: `/api/players/*` and the leaderboard."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked
from kibitz.http.resources.rooms import SeatInfo


class GameTally(Struct, frozen=True):
    """A player's finished matches of a game, bots' included. `rating` and `deviation` are null before the
    first match that is rated."""

    game: str
    played: int
    won: int
    drawn: int
    rating: int | None
    deviation: int | None


class PastMatch(Struct, frozen=True):
    """`opponents` are the names of the others, by seat; empty where nobody knows one."""

    room_id: str
    match: int
    game: str
    ended_ms: int
    result: Literal["won", "drawn", "lost", "called_off"]
    opponents: list[str]


class Profile(Struct, frozen=True):
    """`games`: the most played first; `recent`: the newest first, at most 20."""

    player_id: str
    name: str
    is_bot: bool
    games: list[GameTally]
    recent: list[PastMatch]


class MyRoom(Struct, frozen=True):
    """`updated_ms` is when something last happened in it."""

    room_id: str
    game: str
    status: str
    your_turn: bool
    seats: list[SeatInfo]
    updated_ms: int


class MyRooms(Struct, frozen=True):
    rooms: list[MyRoom]


class LeaderboardQuery(Asked, frozen=True):
    game: Annotated[str, Meta(min_length=1, max_length=64)]
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class LeaderboardRow(Struct, frozen=True):
    """`played` and `won` count what was rated. Ranked by `rating` less three times its `deviation`: what is
    nearly sure of a player."""

    rank: int
    player_id: str
    name: str
    rating: int
    deviation: int
    played: int
    won: int


class Leaderboard(Struct, frozen=True):
    """`updated_ms`: when the newest match that is in it ended, 0 where there is none."""

    game: str
    rows: list[LeaderboardRow]
    updated_ms: int

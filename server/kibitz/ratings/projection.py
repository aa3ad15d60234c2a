"""From the journal to ratings.sqlite, window by window: the same rows come out however it is cut.

A room in which something was decided is read again as a whole and its results are replaced, so that a rewind
needs no rule of its own. Where only later results came, the ratings go on from them; where one that was
counted is gone or changed, those of its game are folded anew from all results.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from kibitz.clock import Clock
from kibitz.ids import GameName, PlayerId, RoomId, is_bot
from kibitz.ratings.history import History
from kibitz.ratings.rater import Rater, Rating
from kibitz.ratings.results import Ended, Result, Unrated, ended_matches
from kibitz.ratings.schema import migrations
from kibitz.sqlite_file import connect, prepare

log = logging.getLogger("kibitz.ratings")

WINDOW = 5_000
"""Events looked at in one step: some milliseconds of work."""

_COUNTED = (Unrated.COUNTS, Unrated.BOTS, Unrated.ALONE)
"""What a player's own tally has; of these only the first is rated."""

_INSERT_RESULT = """
    INSERT INTO results (room_id, match, game, ended_id, ended_us, players, places, results, unrated)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
_INSERT_PLACING = "INSERT INTO placings (room_id, match, seat, player_id, ended_id) VALUES (?, ?, ?, ?, ?)"
_GAMES = "SELECT DISTINCT game FROM results"
_TALLY = """
    INSERT INTO tallies (player_id, game, played, won, drawn) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        played = played + excluded.played, won = won + excluded.won, drawn = drawn + excluded.drawn
    """
_RATE = """
    INSERT OR REPLACE INTO ratings (game, player_id, rating, deviation, standing, played, won)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    """


class _Line(Struct, frozen=True):
    """A row of `results`."""

    match: int
    ended_id: int
    ended_us: int
    players: tuple[PlayerId, ...]
    places: tuple[int, ...]
    results: tuple[Result, ...]
    unrated: Unrated


class _Rated(Struct, frozen=True):
    rating: Rating = Rating()
    played: int = 0
    won: int = 0


class Changed(Struct, frozen=True):
    """Whose figures are others than before. `is_done`: nothing was left to look at."""

    games: frozenset[GameName]
    players: frozenset[PlayerId]
    is_done: bool


Breathe = Callable[[], None]


def no_pause() -> None:
    """For who has nobody beside it."""


class Projection:
    """Used by one thread; other processes may hold the same file. Raises `UnusableFile` when opened,
    `apsw.Error` afterwards: then nothing of the step was kept."""

    def __init__(self, path: Path, journal: Path, clock: Clock, breathe: Breathe) -> None:
        """`breathe` is called between pieces of work of a fraction of a millisecond."""
        self._breathe = breathe
        self._history = History(journal)
        try:
            prepare(path, migrations)
            self._connection = connect(path)
        except BaseException:
            self._history.close()
            raise
        # What a power cut takes along is made again from the journal.
        self._connection.pragma("synchronous", "normal")
        self._clock = clock
        self._rater = Rater()

    def close(self) -> None:
        self._connection.close()
        self._history.close()

    def step(self) -> Changed:
        """Look at the next window of events. A journal that is shorter than what was seen of it is another
        one, restored from a backup: then everything is made anew."""
        newest = self._history.newest()
        with self._transaction():
            if self._watermark() > newest:
                self._rebuild(newest)
                return Changed(frozenset(game for (game,) in self._rows(_GAMES)), frozenset(), is_done=True)
            return self._step(newest)

    def rebuild(self) -> int:
        """Make everything anew, in one transaction: readers see the old until the new is whole. Results of
        rooms that the journal has no more stay. How many results there are."""
        with self._transaction():
            self._rebuild(self._history.newest())
            return int(self._rows("SELECT count(*) FROM results")[0][0])

    def _rebuild(self, newest: int) -> None:
        for room, game, ended_id in self._rows(
            "SELECT room_id, game, max(ended_id) FROM results GROUP BY room_id"
        ):
            # Ended after the journal's end: it is of what a restored backup does not have.
            if ended_id > newest or self._history.has(room):
                self._remove(room, game, self._lines(room))
            self._breathe()
        self._connection.execute("UPDATE progress SET watermark = 0")
        while not self._step(newest).is_done:
            pass
        self._connection.execute("DELETE FROM ratings")
        for (game,) in self._rows(_GAMES):
            self._fold(game)

    # ------------------------------------------------------------ results

    def _step(self, newest: int) -> Changed:
        after = self._watermark()
        until = min(newest, after + WINDOW)
        fresh: list[tuple[GameName, _Line]] = []
        anew: set[GameName] = set()
        players: set[PlayerId] = set()
        games: set[GameName] = set()
        for room, game in self._history.touched(after, until):
            known, found = self._lines(room), self._found(room, until)
            added = found[len(known) :] if found[: len(known)] == known else None
            if added is None or any(line.ended_id <= after for line in added):
                anew.add(game)
                self._remove(room, game, known)
                added = found
            self._add(room, game, added)
            fresh += [(game, line) for line in added]
            games.add(game)
            players.update(player for line in (*known, *found) for player in line.players)
            self._breathe()
        for game in anew:
            self._fold(game)
        rated = [(game, line) for game, line in fresh if game not in anew and not line.unrated]
        for game, line in sorted(rated, key=lambda each: each[1].ended_id):
            self._save(game, self._rate(line, {who: self._rated(game, who) for who in line.players}))
            self._breathe()
        self._connection.execute(
            "UPDATE progress SET watermark = ?, updated_us = ?", (until, self._clock.now_us())
        )
        return Changed(frozenset(games), frozenset(players), until >= newest)

    def _found(self, room: RoomId, until: int) -> list[_Line]:
        try:
            ended = ended_matches(self._history.telling(room, until))
        except msgspec.DecodeError as error:
            # One room that cannot be read is no reason for nobody to have a rating.
            log.warning("a room is not rated", extra={"room_id": room, "problem": str(error)})
            return []
        # Bots among themselves are nobody's history.
        return [self._line(room, each) for each in ended if not all(map(is_bot, each.players))]

    def _line(self, room: RoomId, ended: Ended) -> _Line:
        if ended.may_be_called_off and ended.unrated in _COUNTED:
            acted = self._history.acted(room, ended.started, ended.ended)
            if any(seat not in acted for seat, who in enumerate(ended.players) if not is_bot(who)):
                ended = msgspec.structs.replace(ended, unrated=Unrated.CALLED_OFF)
        results = tuple(ended.result(seat) for seat in range(len(ended.players)))
        return _Line(
            ended.match, ended.ended_id, ended.ended_us, ended.players, ended.places, results, ended.unrated
        )

    def _lines(self, room: RoomId) -> list[_Line]:
        rows = self._rows(
            "SELECT match, ended_id, ended_us, players, places, results, unrated"
            " FROM results WHERE room_id = ? ORDER BY match",
            room,
        )
        return [_line_of(row) for row in rows]

    def _add(self, room: RoomId, game: GameName, lines: Iterable[_Line]) -> None:
        for line in lines:
            people = [(seat, who) for seat, who in enumerate(line.players) if not is_bot(who)]
            told = (_json(line.players), _json(line.places), _json(line.results))
            self._connection.execute(
                _INSERT_RESULT, (room, line.match, game, line.ended_id, line.ended_us, *told, line.unrated)
            )
            self._connection.executemany(
                _INSERT_PLACING, [(room, line.match, seat, who, line.ended_id) for seat, who in people]
            )
        self._tally(game, lines, 1)

    def _remove(self, room: RoomId, game: GameName, lines: Sequence[_Line]) -> None:
        self._tally(game, lines, -1)
        for player in {player for line in lines for player in line.players}:
            self._connection.execute(
                "DELETE FROM tallies WHERE player_id = ? AND game = ? AND played = 0", (player, game)
            )
        for table in ("results", "placings"):
            self._connection.execute(f"DELETE FROM {table} WHERE room_id = ?", (room,))  # noqa: S608

    def _tally(self, game: GameName, lines: Iterable[_Line], sign: int) -> None:
        for line in lines:
            if line.unrated not in _COUNTED:
                continue
            for who, result in zip(line.players, line.results, strict=True):
                if not is_bot(who):
                    won, drawn = result is Result.WON, result is Result.DRAWN
                    self._connection.execute(_TALLY, (who, game, sign, sign * won, sign * drawn))

    # ------------------------------------------------------------ ratings

    def _rated(self, game: GameName, player: PlayerId) -> _Rated:
        rows = self._rows(
            "SELECT rating, deviation, played, won FROM ratings WHERE game = ? AND player_id = ?",
            game,
            player,
        )
        if not rows:
            return _Rated()
        rating, deviation, played, won = rows[0]
        return _Rated(Rating(rating, deviation), played, won)

    def _rate(self, line: _Line, before: dict[PlayerId, _Rated]) -> dict[PlayerId, _Rated]:
        after = self._rater.rated([before[who].rating for who in line.players], line.places)
        return {
            who: _Rated(rating, before[who].played + 1, before[who].won + (result is Result.WON))
            for who, rating, result in zip(line.players, after, line.results, strict=True)
        }

    def _fold(self, game: GameName) -> None:
        """All of a game's ratings, from all of its results."""
        rows = self._rows(
            "SELECT match, ended_id, ended_us, players, places, results, unrated"
            " FROM results WHERE game = ? AND unrated = '' ORDER BY ended_id",
            game,
        )
        standing: dict[PlayerId, _Rated] = {}
        for row in rows:
            line = _line_of(row)
            standing |= self._rate(line, {who: standing.get(who, _Rated()) for who in line.players})
            self._breathe()
        self._connection.execute("DELETE FROM ratings WHERE game = ?", (game,))
        self._save(game, standing)

    def _save(self, game: GameName, rated: dict[PlayerId, _Rated]) -> None:
        self._connection.executemany(
            _RATE,
            [
                (game, who, r.rating.rating, r.rating.deviation, r.rating.standing, r.played, r.won)
                for who, r in rated.items()
            ],
        )

    # ------------------------------------------------------------ the file

    def _watermark(self) -> int:
        return int(self._rows("SELECT watermark FROM progress")[0][0])

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # At once for writing: a second process that is at it is waited for, and its watermark then read.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _line_of(row: tuple[Any, ...]) -> _Line:
    match, ended_id, ended_us, players, places, results, unrated = row
    return _Line(
        match,
        ended_id,
        ended_us,
        msgspec.json.decode(players, type=tuple[PlayerId, ...]),
        msgspec.json.decode(places, type=tuple[int, ...]),
        msgspec.json.decode(results, type=tuple[Result, ...]),
        Unrated(unrated),
    )

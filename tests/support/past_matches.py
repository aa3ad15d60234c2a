"""Rooms with matches that are over, put into a journal's file row by row."""

import json
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from kibitz.clock import SystemClock
from kibitz.ids import GameName, PlayerId, RoomId, RoomKey, Seat
from kibitz.journal.errors import JournalBroken
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.journal.sqlite import SqliteJournal
from support.journal_rows import event_record, room_record

ANN, BEN, CY = (PlayerId(f"p_{name}") for name in ("ann", "ben", "cy"))
HOUSE = PlayerId("b_house.bot")


def _never(broken: JournalBroken) -> None:
    raise broken


class PastMatches:
    """A journal, and the rooms that are written into it."""

    def __init__(self, data: Path) -> None:
        self.path = data / "journal.sqlite"
        self.journal = SqliteJournal.open(self.path, fatal=_never, clock=SystemClock())

    def room(self, *players: PlayerId, game: str = "connect-four") -> "PastRoom":
        return PastRoom(self, players, game)

    async def close(self) -> None:
        await self.journal.close()


class PastRoom:
    """One room; each method appends one row, but for `match`."""

    def __init__(self, past: PastMatches, players: Sequence[PlayerId], game: str) -> None:
        self._journal = past.journal
        self.players = tuple(players)
        self.key = past.journal.next_room_key()
        self.room_id = RoomId(f"room-{self.key}")
        self.version = 1
        self.number = 0
        record = replace(room_record(self.key), game=GameName(game), seats=len(self.players))
        self._journal.create_room(record, event_record(self.key, 1), _stored)

    def match(self, outcome: dict[str, object], last: EventKind = EventKind.ACTION, seat: int = 0) -> int:
        """A match in which everybody acts once. The version that ended it."""
        self.start()
        for number in range(len(self.players)):
            self.act(number)
        return self.end(outcome, last, seat)

    def start(self, **more: object) -> int:
        self.number += 1
        args = {"players": list(self.players), "seed": "00", **more}
        return self._append(EventKind.STARTED, args=json.dumps(args))

    def act(self, seat: int) -> int:
        return self._append(EventKind.ACTION, seat=Seat(seat), type="drop")

    def ticks(self, *seats: int) -> int:
        inputs = [[0, seat, "turn", {}, None, None] for seat in seats]
        args = json.dumps({"first": 0, "count": 1, "inputs": inputs})
        return self._append(EventKind.TICKS, args=args)

    def end(self, outcome: dict[str, object], kind: EventKind = EventKind.ACTION, seat: int = 0) -> int:
        told = json.dumps({"reason": "line", **outcome})
        return self._append(kind, seat=Seat(seat), outcome=told)

    def give_up(self, seat: int) -> int:
        return self._append(EventKind.FORFEIT, seat=Seat(seat))

    def rewind(self, to_version: int, match: int) -> int:
        self.number = match
        return self._append(EventKind.REWOUND, args=json.dumps({"to_version": to_version}))

    def close(self) -> int:
        return self._append(EventKind.CLOSED, args='{"reason":"empty"}', match=None)

    def _append(self, kind: EventKind, **fields: object) -> int:
        self.version += 1
        self._journal.append(
            event_record(RoomKey(self.key), self.version, kind, **{"match": self.number, **fields}), _stored
        )
        return self.version


def _stored(failure: CommitFailure | None) -> None:
    assert failure is None

"""One room's events, read from the journal's published view; never written to.

Aggregates come from marts; only what belongs to a single room is read here, by index.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

EVENTS_MAX = 5000
"""Events of one room that a page shows; the count of the rest is said."""

_SQL = """
select
    version, at_us, kind, seat, player_id, is_bot, type, args, handled_us, spent_ms, match, phase_to, outcome,
    game, epoch
from events_v1
where room_id = ?
order by version
limit ?
"""


class JournalError(Exception):
    """The journal cannot be read; the text is a sentence for an admin."""


@dataclass(frozen=True, slots=True)
class RoomEvent:
    version: int
    at: datetime
    kind: str
    seat: int | None
    player_id: str | None
    is_bot: bool
    type: str | None
    args: dict[str, object]
    handled_us: int
    spent_ms: int | None
    match: int | None
    phase_to: str | None
    outcome: dict[str, object] | None
    game: str
    epoch: str = ""

    @property
    def is_move(self) -> bool:
        """As the ETL counts moves: every accepted action but `resign`."""
        return self.kind == "action" and self.type != "resign"


@dataclass(frozen=True, slots=True)
class Move:
    """One accepted move of a match."""

    ply: int
    """Counted from 1 within its match."""
    event: RoomEvent
    think_ms: int
    """Time charged to the seat; where no clock ran, time since the event before."""


def room_events(journal: Path, room_id: str, limit: int = EVENTS_MAX) -> list[RoomEvent]:
    """The room's events, oldest first; empty for an unknown room. Raises `JournalError`."""
    if not journal.is_file():
        raise JournalError("There is no journal in this data directory yet.")
    uri = f"file:{quote(str(journal.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=2)) as con:
            con.execute("pragma query_only = on")
            rows = con.execute(_SQL, (room_id, limit)).fetchall()
    except sqlite3.Error as error:
        raise JournalError(f"The journal cannot be read just now: {error}.") from error
    return [
        RoomEvent(
            version=row[0],
            at=datetime.fromtimestamp(row[1] / 1_000_000, UTC),
            kind=row[2],
            seat=row[3],
            player_id=row[4],
            is_bot=bool(row[5]),
            type=row[6],
            args=_object(row[7]) or {},
            handled_us=row[8] or 0,
            spent_ms=row[9],
            match=row[10],
            phase_to=row[11],
            outcome=_object(row[12]),
            game=row[13],
            epoch=row[14],
        )
        for row in rows
    ]


def matches(events: Sequence[RoomEvent]) -> dict[int, list[RoomEvent]]:
    """The events of each match from its start to its end, by the match's number; what a rewind took back
    is left out."""
    found: dict[int, list[RoomEvent]] = {}
    taken = taken_back(events)
    running: int | None = None
    for event in events:
        if event.kind in ("started", "rewound") and event.match is not None:
            running = event.match
        if running is None:
            continue
        if event.version not in taken:
            found.setdefault(running, []).append(event)
        if event.outcome is not None or event.kind == "closed":
            running = None
    return found


def taken_back(events: Sequence[RoomEvent]) -> frozenset[int]:
    """The versions that a later rewind took back."""
    taken: set[int] = set()
    for event in events:
        to = event.args.get("to_version")
        if event.kind == "rewound" and isinstance(to, int):
            taken.update(range(to + 1, event.version))
    return frozenset(taken)


def rewindable(events: Sequence[RoomEvent]) -> list[RoomEvent]:
    """After which of them a match was on, and still counts: those that can be gone back to."""
    taken = taken_back(events)
    is_on = False
    found = []
    for event in events:
        if event.kind in ("started", "rewound"):
            is_on = True
        if event.outcome is not None or event.kind == "closed":
            is_on = False
        if is_on and event.version not in taken:
            found.append(event)
    return found


def moves(match: Sequence[RoomEvent]) -> list[Move]:
    """The moves of one match with what each cost its player."""
    found: list[Move] = []
    before = match[0].at if match else None
    for event in match:
        if event.is_move:
            since = round((event.at - (before or event.at)).total_seconds() * 1000)
            think = event.spent_ms if event.spent_ms is not None else max(0, since)
            found.append(Move(len(found) + 1, event, think))
        before = event.at
    return found


def _object(text: str | None) -> dict[str, object] | None:
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None

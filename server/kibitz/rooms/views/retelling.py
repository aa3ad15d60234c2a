"""A match told again from its rows: how it began, and what each row changed, as one viewer may see it.

Everybody who replays gets from the server what a live client of the same viewer was sent: the same
renderer makes the same views, and the same patches lead from one to the next. So every game can be
replayed, by clients that know nothing of its rules. What was rewound is folded, for what follows may
depend on it, but not told.

Rows are enough: it is all one whether the room is open, closed or faulted, loaded or not.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Raw, Struct
from msgspec.structs import replace

from kibitz.ids import PlayerId, RoomId, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.event_args import decode_rewound, decode_started, decode_ticks
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.fold.ticking import tick
from kibitz.rooms.guard.guard import Doing, Guard
from kibitz.rooms.views.history import ShownEvent
from kibitz.rooms.views.views import Renderer, Viewer

T = TypeVar("T")


class MatchRows(Struct, frozen=True):
    """Where one match lies in the history of its room, which had `matches` of them: `versions` are those
    of its rows that still count, the first is its start. `targets` are versions that were rewound to."""

    match: int
    matches: int
    players: tuple[PlayerId, ...]
    status: Status
    versions: frozenset[Version]
    first: Version
    last: Version
    targets: frozenset[Version]

    @property
    def is_over(self) -> bool:
        """Whether it came to an outcome, which nobody took back."""
        return self.status is Status.FINISHED


class Told(Struct, frozen=True):
    """What one row changed, or one tick of a row of many: `ops`, JSON text, lead to the view with this
    `checksum`. The event's arguments are what the viewer may read of them."""

    shown: ShownEvent
    ops: Raw
    checksum: int
    tick: int | None = None


class Beginning(Struct, frozen=True):
    """The view, JSON text, from which the steps lead on."""

    version: Version
    at_us: int
    view: Raw


class _Row(Struct, frozen=True, gc=False):
    version: Version
    match: int
    kind: EventKind
    is_end: bool
    players: tuple[PlayerId, ...] = ()


class Selection:
    """Finds the rows of one match; the whole history is handed in in order."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._targets: set[Version] = set()

    def add(self, event: Event) -> None:
        """Note what belongs to a match, and strike what this row took back."""
        if event.kind is EventKind.REWOUND:
            to_version = decode_rewound(event.args).to_version
            self._targets.add(to_version)
            while self._rows and self._rows[-1].version > to_version:
                self._rows.pop()
        if event.match is not None:
            is_start = event.kind is EventKind.STARTED
            players = decode_started(event.args).players if is_start else ()
            is_end = event.outcome is not None
            self._rows.append(_Row(event.version, event.match, event.kind, is_end, players))

    def match(self, number: int | None) -> MatchRows | None:
        """That match, or the last one; None where there is none."""
        matches = self._rows[-1].match if self._rows else 0
        wanted = matches if number is None else number
        rows = [row for row in self._rows if row.match == wanted]
        if not rows or rows[0].kind is not EventKind.STARTED:
            return None
        return MatchRows(
            wanted,
            matches,
            rows[0].players,
            _status(rows),
            frozenset(row.version for row in rows),
            rows[0].version,
            rows[-1].version,
            frozenset(self._targets),
        )


def _status(rows: Sequence[_Row]) -> Status:
    """As the last row left it: playing, paused, finished, or closed in the middle of it."""
    if any(row.is_end for row in rows):
        return Status.FINISHED
    if rows[-1].kind is EventKind.CLOSED:
        return Status.CLOSED
    turns = [row.kind for row in rows if row.kind in (EventKind.PAUSED, EventKind.RESUMED)]
    return Status.PAUSED if turns and turns[-1] is EventKind.PAUSED else Status.PLAYING


def seats_to_see(fold: Fold, found: MatchRows, player: PlayerId | None) -> tuple[Seat, ...]:
    """From which seats `player` (None: a stranger) may look at the match; as a spectator anybody may.

    While it is on that is the player's own; once it is over, every seat of a game that says so. Where
    the views do not differ it is all one.
    """
    every = tuple(Seat(number) for number in range(len(found.players)))
    game = fold.referee.game
    if not game.views_differ or (found.is_over and game.open_after):
        return every
    return tuple(seat for seat in every if player is not None and found.players[seat] == player)


class Retelling:
    """One match for one viewer. `take` gets every row of the room from the match's first to its last, in
    order, and tells of those above `after`. What a game's code raises passes through (`FAULTS`), with
    `FoldError` and `ViewFault`."""

    def __init__(
        self, fold: Fold, found: MatchRows, viewer: Viewer, after: Version, guard: Guard, room_id: RoomId
    ) -> None:
        self._fold = fold
        self._found = found
        self._after = max(after, found.first)
        self._guard = guard
        self._room_id = room_id
        self._renderer = Renderer(fold.referee.game, fold.options, room_id=room_id, guard=guard)
        self._class = self._renderer.viewer_class(viewer)
        self._viewer = None if self._class < 0 else Seat(self._class)
        self._state: RoomState | None = None
        self._told: RoomState | None = None
        self._kept: dict[Version, RoomState] = {}

    def beginning(self) -> Beginning:
        """The view before what the next `take` tells. Raises `ValueError` before the match's first row."""
        if self._told is None:
            raise ValueError("nothing was taken yet")
        view = self._renderer.view(self._told, self._class)
        return Beginning(self._told.version, self._told.at_us, Raw(view.json))

    def is_told(self, row: Event) -> bool:
        """Whether `take` of this row tells anything."""
        return row.version > self._after and row.version in self._found.versions

    def take(self, row: Event) -> Iterator[Told]:
        """What the row changed: nothing where it is not told, one step for each tick of real time."""
        before = self._state or _before(row)
        is_told = self.is_told(row)
        if is_told and row.kind is EventKind.TICKS:
            yield from self._ticks(before, row)
        target = None
        if row.kind is EventKind.REWOUND:
            target = self._kept.get(decode_rewound(row.args).to_version)
        after = self._run(partial(self._fold.step, before, row, target))
        if row.version in self._found.targets:
            self._kept[row.version] = after
        self._state = after
        if is_told:
            yield self._step(after, row, after.tick if row.kind is EventKind.TICKS else None)
        elif row.version in self._found.versions:
            self._told = after

    def _ticks(self, before: RoomState, row: Event) -> Iterator[Told]:
        """The ticks of the row but for the last, whose state is the row's own."""
        ticks = decode_ticks(row.args)
        referee = self._fold.referee
        period_us = 1_000_000 // max(1, referee.game.ticks_per_second)
        state = before
        for number in range(ticks.count - 1):
            if state.state is None:
                return
            at = ticks.first + number
            done = [each for each in ticks.inputs if each.tick == at]
            game = self._run(partial(tick, referee, state.state, done))
            at_us = row.at_us - (ticks.count - 1 - number) * period_us
            state = replace(state, version=row.version, at_us=at_us, state=game, tick=at + 1)
            yield self._step(state, replace(row, at_us=at_us), at + 1)

    def _step(self, after: RoomState, row: Event, number: int | None) -> Told:
        before = self._told or after
        patch = self._renderer.patch(before, after, self._class, ())
        (shown,) = self._renderer.events((row,), self._viewer, None)
        self._told = after
        return Told(shown, patch.ops, patch.checksum, number)

    def _run(self, call: Callable[[], T]) -> T:
        return self._guard.run(Doing.VIEW, self._room_id, call)


def _before(started: Event) -> RoomState:
    """The room as the fold needs it to begin this match, without the matches before it."""
    players: tuple[PlayerId | None, ...] = decode_started(started.args).players
    match = started.match or 1
    return RoomState(
        Version(started.version - 1),
        started.at_us,
        Status.WAITING if match == 1 else Status.FINISHED,
        players,
        (True,) * len(players),
        match - 1,
        epoch=started.epoch,
    )

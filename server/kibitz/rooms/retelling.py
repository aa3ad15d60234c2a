"""A match told again from its rows: how it began, and what each row changed, as one viewer may see it.

Everybody who replays gets from the server what a live client of the same viewer was sent: the same
renderer makes the same views, and the same patches lead from one to the next. So every game can be
replayed, by clients that know nothing of its rules. What was rewound is left out.

Rows are enough: it is all one whether the room is open, closed or faulted, loaded or not.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Raw, Struct

from kibitz.ids import Epoch, PlayerId, Seat, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.event_args import Started
from kibitz.rooms.fold import Fold
from kibitz.rooms.history import ShownEvent, show
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.state import RoomState
from kibitz.rooms.views import Renderer, Viewer


class MatchRows(Struct, frozen=True):
    """One match: its rows that still count, from `started` on. `matches` is how many the room had."""

    match: int
    matches: int
    players: tuple[PlayerId, ...]
    rows: tuple[Event, ...]

    @property
    def is_over(self) -> bool:
        """Whether it came to an outcome, which nobody took back."""
        return any(row.outcome is not None for row in self.rows)

    @property
    def status(self) -> Status:
        """As the last row left it: playing, finished, or closed in the middle of it."""
        if self.is_over:
            return Status.FINISHED
        return Status.CLOSED if self.rows[-1].kind is EventKind.CLOSED else Status.PLAYING


class Told(Struct, frozen=True):
    """One row as the viewer sees it: `ops`, JSON text, lead to the view with this `checksum`."""

    shown: ShownEvent
    ops: Raw
    checksum: int


class Beginning(Struct, frozen=True):
    """The view, JSON text, from which the steps lead on."""

    version: Version
    at_us: int
    view: Raw


class Selection:
    """Finds the rows of one match, handed in in order and in pieces as they are read."""

    def __init__(self) -> None:
        self._rows: list[Event] = []

    def add(self, events: Sequence[Event]) -> None:
        """Keep what belongs to a match, and drop what these rows took back."""
        for event in events:
            if event.kind is EventKind.REWOUND:
                to_version = _rewound_to(event)
                while self._rows and self._rows[-1].version > to_version:
                    self._rows.pop()
            if event.match is not None:
                self._rows.append(event)

    def match(self, number: int | None) -> MatchRows | None:
        """That match, or the last one; None where there is none."""
        matches = self._rows[-1].match or 0 if self._rows else 0
        wanted = matches if number is None else number
        rows = tuple(row for row in self._rows if row.match == wanted)
        if not rows or rows[0].kind is not EventKind.STARTED:
            return None
        players = msgspec.json.decode(rows[0].args, type=Started).players
        return MatchRows(wanted, matches, players, rows)


class _Rewound(Struct, frozen=True):
    to_version: int


def _rewound_to(event: Event) -> int:
    return msgspec.json.decode(event.args, type=_Rewound).to_version


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
    """One match for one viewer. `begin` first, then `steps`; both cost what the game's code costs, and
    raise what it raises, `FoldError` or `ViewFault`."""

    def __init__(self, fold: Fold, found: MatchRows, viewer: Viewer) -> None:
        self._fold = fold
        self._rows = found.rows
        self._renderer = Renderer(fold.referee.game, fold.options, Epoch(""))
        self._class = self._renderer.viewer_class(viewer)
        self._viewer = None if self._class < 0 else Seat(self._class)
        self._state: RoomState | None = None
        self._at = 0

    def begin(self, after: Version) -> Iterator[Beginning | None]:
        """The view after the last row whose version is at most `after`, but not before the match began.
        Gives None for each row that it passes on the way, so that the caller can stop to breathe."""
        state = self._fold.step(_before(self._rows[0]), self._rows[0])
        self._at = 1
        while self._at < len(self._rows) and self._rows[self._at].version <= after:
            yield None
            state = self._fold.step(state, self._rows[self._at])
            self._at += 1
        self._state = state
        view = self._renderer.view(state, self._class)
        yield Beginning(state.version, state.at_us, Raw(view.json))

    def steps(self) -> Iterator[Told]:
        """One for each row after the beginning."""
        before = self._state
        if before is None:
            raise ValueError("steps before the beginning")
        for row in self._rows[self._at :]:
            after = self._fold.step(before, row)
            patch = self._renderer.patch(before, after, self._class, ())
            (shown,) = show((row,), self._fold.referee.game, self._viewer, None)
            yield Told(shown, patch.ops, patch.checksum)
            before = after


def _before(started: Event) -> RoomState:
    """The room as the fold needs it to begin this match, without the matches before it."""
    players: tuple[PlayerId | None, ...] = msgspec.json.decode(started.args, type=Started).players
    match = started.match or 1
    return RoomState(
        Version(started.version - 1),
        started.at_us,
        Status.WAITING if match == 1 else Status.FINISHED,
        players,
        (True,) * len(players),
        match - 1,
    )

"""`Game`: the declaration that an author writes, and all that the frame asks of it.

A game is one class, made once and never changed. Its states are frozen; actions make new ones. The
same state and action give the same new state on any machine: no clock, no `random`, no float, no
set order. A faulty declaration is a `DeclarationError` when the class is made.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from kibitz.ids import Seat
from kibitz.rules.actions import Action, Move
from kibitz.rules.clocks import ClockRule
from kibitz.rules.declaration import declare
from kibitz.rules.durability import Durability
from kibitz.rules.outcome import Outcome, Value
from kibitz.rules.phases import WAITING, Phases
from kibitz.rules.setup import NoOptions, Setup


class Seats(Struct, frozen=True):
    """How many seats a room of the game may have; `least` where nobody asks for a number."""

    least: int
    most: int


class State(Struct, frozen=True):
    """What every game's state begins with; a game adds its own fields, of immutable types only."""

    phase: str


StateT = TypeVar("StateT", bound=State)


class Game(Generic[StateT]):
    """Subclass `Game[YourState]`, fill in what is declared here, decorate actions with `@action`."""

    name: ClassVar[str]
    """Lower-case words joined by hyphens; part of URLs and of the journal."""
    title: ClassVar[str]
    summary: ClassVar[str] = ""
    rules_version: ClassVar[int] = 1
    """Raise it whenever an old match would fold differently."""
    seats: ClassVar[Seats]
    phases: ClassVar[Phases]
    options: ClassVar[type[Struct]] = NoOptions
    """What a room may be asked for; every field has a default."""
    views_differ: ClassVar[bool] = True
    """False promises that `view` is the same for every seat and spectator; it is made once then."""
    brain: ClassVar[str | None] = None
    """`package.module:function` of the type `kibitz.rules.Brain`; None: no bots."""
    substitute: ClassVar[bool] = False
    """Whether the brain plays for a seat whose player is away in a running match, until they are back."""
    open_after: ClassVar[bool] = False
    """Whether, once a match is over, whoever may see its room may look at it from any seat."""
    view_module: ClassVar[str | None] = None
    """`package:path/to/view.js`, an ES module inside that package that draws the game (docs/views.md)."""
    durability: ClassVar[Durability] = Durability.COMMITTED
    ticks_per_second: ClassVar[int] = 0
    """Above 0 the game is played in real time: `tick` moves it on, in the phases that have that trigger."""
    late_ticks: ClassVar[int] = 0
    """An action that names a tick at most so long ago counts from there: what followed is played again."""

    state: ClassVar[type[State]]
    """Filled in from `Game[…]`."""
    actions: ClassVar[Mapping[str, Action[Any, Any]]]
    """Filled in from the `@action` methods."""
    uses_chance: ClassVar[bool]
    """Filled in: whether the state has a field `chance` of the type `Chance`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        declare(cls)

    # ------------------------------------------------------------ what every game writes

    def setup(self, setup: Setup[Any]) -> StateT:
        """The state in which a match begins. Its phase is one to which `start` leads."""
        raise NotImplementedError

    def to_move(self, state: StateT) -> tuple[Seat, ...]:
        """The seats that are to act now; empty when the match is over."""
        raise NotImplementedError

    def outcome(self, state: StateT) -> Outcome | None:
        """How the match ended. Asked in final phases only, where it may not be None."""
        raise NotImplementedError

    def view(self, state: StateT, seat: Seat | None) -> Mapping[str, Value]:
        """What one seat (None: a spectator) may see. List what is shown, never remove what is not.

        The key `clock` is the frame's. It is made of new values or parts of the state, never of what
        changes afterwards: the next view is compared with it. Tuples count as lists, and rows that the
        state shares with the one before cost nothing to compare.
        """
        raise NotImplementedError

    def on_forfeit(self, state: StateT, seat: Seat) -> StateT:
        """The state after `seat` left the running match."""
        raise NotImplementedError

    # ------------------------------------------------------------ what has a default

    def waiting_view(self, options: Any, seats: int) -> Mapping[str, Value]:
        """What everybody sees before the first match."""
        return {"phase": WAITING}

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> Mapping[str, Value] | None:
        """What `viewer` may read about an action, as its arguments; None, the default, hides it."""
        return None

    def clock(self, options: Any) -> ClockRule:
        """The clock of a match under these options; None, the default: untimed."""
        return None

    def on_timeout(self, state: StateT, seat: Seat) -> StateT:
        """The state after the clock of `seat` fell. Asked only where `clock` gave one per game or move."""
        raise NotImplementedError

    def on_phase_over(self, state: StateT) -> StateT:
        """The state after the time of its phase was over. Asked only where `clock` gave one per phase."""
        raise NotImplementedError

    def teams(self, options: Any, seats: int) -> Sequence[int] | None:
        """The team of each seat, counted from 0; None, the default: everybody plays alone."""
        return None

    def twin(self, state: StateT, seat: Seat | None, draw: Callable[[int], int]) -> StateT | None:
        """Another state that `seat` (None: a spectator) could not tell from this one: what is hidden
        from it is drawn anew by `draw(n)`, a number from 0 to n - 1. Asked by `kibitz check` alone.

        None, the default: nothing is hidden, every view tells the whole state.
        """
        return None

    # ------------------------------------------------------------ real time

    def tick(self, state: StateT) -> StateT:
        """The state one tick later. Asked `ticks_per_second` times a second in the phases that have
        the trigger `tick`."""
        raise NotImplementedError

    def frame(self, state: StateT, seat: Seat | None) -> bytes:
        """What is sent to a viewer after each tick, packed: it may show no more than `view` does."""
        raise NotImplementedError

    def candidates(self, state: StateT, seat: Seat) -> Sequence[Move] | None:
        """Actions worth trying, in a fixed order, the best first; the frame keeps the legal ones.

        None, the default, stands for every value of each suggested action's payload, which works
        where its fields are bounded integers, booleans, enums or literals. A bot whose brain fails
        plays a legal one of the better half, and any legal one where nobody ranked them.
        """
        return None

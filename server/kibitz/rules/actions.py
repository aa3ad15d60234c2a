"""Actions: what a seat may do, what its arguments look like, and what must hold for it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct

from kibitz.ids import Seat
from kibitz.rules.refusals import Refusal


class Stale(StrEnum):
    """What becomes of an action whose sender had not yet seen the newest state."""

    REJECT = "reject"  # refused: the player decides again
    REBASE = "rebase"  # judged by the newest state; accepted if it is legal there
    COMMUTE = "commute"  # as rebase, and declared to mean the same in any order


class Args(Struct, frozen=True, forbid_unknown_fields=True):
    """What every action's payload begins with; by itself, the payload of an action without any."""


StateT = TypeVar("StateT", bound=Struct)
PayloadT = TypeVar("PayloadT", bound=Args)


class Move(Struct, frozen=True):
    """An action by its name and its arguments, as brains choose it and `candidates` lists it."""

    type: str
    args: dict[str, Any]


class Action(Struct, Generic[StateT, PayloadT], frozen=True):
    """An action as declared by `@action`. `line` is that of the method, for error messages."""

    name: str
    payload: type[PayloadT]
    apply: Callable[[Any, StateT, Seat, PayloadT], StateT]
    checks: tuple[Callable[[StateT, Seat, PayloadT], Refusal | None], ...]
    stale: Stale
    out_of_turn: bool
    suggested: bool
    line: int


def action(
    payload: type[PayloadT],
    *,
    checks: tuple[Callable[[StateT, Seat, PayloadT], Refusal | None], ...] = (),
    stale: Stale = Stale.REBASE,
    out_of_turn: bool = False,
    suggested: bool = True,
    name: str | None = None,
) -> Callable[[Callable[[Any, StateT, Seat, PayloadT], StateT]], Action[StateT, PayloadT]]:
    """Declare the decorated method `(self, state, seat, args) -> state` as the action of its name, or
    of `name` (an action may be called `pass`, a method may not).

    The phases in which it may be done are those that the game's table names with it. Before the
    method runs, `args` has been decoded into `payload`, the phase and the turn were checked (not
    the turn if `out_of_turn`), and each of `checks` returned None. `suggested=False` keeps it out
    of `candidates`: nobody resigns by a fallback.
    """

    def declare(method: Callable[[Any, StateT, Seat, PayloadT], StateT]) -> Action[StateT, PayloadT]:
        return Action(
            name=name or method.__name__,
            payload=payload,
            apply=method,
            checks=checks,
            stale=stale,
            out_of_turn=out_of_turn,
            suggested=suggested,
            line=method.__code__.co_firstlineno,
        )

    return declare

"""A game whose actions do to the server what no game should; for servers in processes of their own."""

import ctypes
import os
import signal
import time
from typing import Any

from msgspec.structs import replace

from kibitz.rules import (
    FORFEIT,
    START,
    WAITING,
    Args,
    Game,
    Outcome,
    Phases,
    Seat,
    Seats,
    Setup,
    State,
    Value,
    action,
)


class Sum(State, frozen=True):
    total: int = 0
    curse: str = ""


class How(Args, frozen=True):
    how: str


class Deadly(Game[Sum]):
    """Anybody counts up to a hundred, in any order."""

    name = "deadly"
    title = "Deadly"
    seats = Seats(2, 2)
    views_differ = False
    phases = Phases(
        {
            (WAITING, START): "adding",
            ("adding", "add"): ("adding", "over"),
            ("adding", "fall"): "adding",
            ("adding", "curse"): "adding",
            ("adding", "mine"): "adding",
            ("adding", FORFEIT): "over",
        },
        final="over",
    )

    def setup(self, setup: Setup[Any]) -> Sum:
        return Sum("adding")

    def to_move(self, state: Sum) -> tuple[Seat, ...]:
        return (Seat(0), Seat(1)) if state.phase == "adding" else ()

    @action(Args)
    def add(self, state: Sum, seat: Seat, args: Args) -> Sum:
        total = state.total + 1
        return replace(state, total=total, phase="over" if total == 100 else "adding")

    @action(How, suggested=False)
    def fall(self, state: Sum, seat: Seat, args: How) -> Sum:
        """Harm at once."""
        fall(args.how)
        return state

    @action(How, suggested=False)
    def curse(self, state: Sum, seat: Seat, args: How) -> Sum:
        """Harm when somebody looks."""
        return replace(state, curse=args.how)

    @action(Args, suggested=False)
    def mine(self, state: Sum, seat: Seat, args: Args) -> Sum:
        """Harm when the room is read again by a server that has this in its environment."""
        fall(os.environ.get("DEADLY_MINE", ""))
        return state

    def on_forfeit(self, state: Sum, seat: Seat) -> Sum:
        return replace(state, phase="over")

    def outcome(self, state: Sum) -> Outcome | None:
        return Outcome(None, "hundred")

    def view(self, state: Sum, seat: Seat | None) -> dict[str, Value]:
        fall(state.curse)
        return {"phase": state.phase, "total": state.total}


def fall(how: str) -> None:
    match how:
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            ctypes.string_at(0)
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(10)
        case "power":
            print(len(bin(10**10**8)))
        case "recurse":
            fall(how)
        case "swallow":
            while True:
                try:
                    time.sleep(1)
                except BaseException:  # noqa: S110  # that is the point
                    pass
        case "hold":
            sum(range(10**13))  # C code that keeps the interpreter's lock and looks at nothing
        case _:
            return

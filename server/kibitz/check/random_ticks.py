"""Some ticks of a match in real time, in which players do at random what they may."""

from random import Random
from typing import Any

import msgspec
from msgspec import Raw

from kibitz.check.findings import CheckFailed, Tally, asked
from kibitz.ids import PlayerId, Seat
from kibitz.rooms.fold.event_args import TickInput, Ticks
from kibitz.rooms.fold.ticking import tick
from kibitz.rules import Move, Referee, State

TICKS_MOST = 20
_ACTS = 0.08
"""How likely a seat does something in one tick."""
FRAME_BYTES_MOST = 8_192

_encode = msgspec.json.Encoder(order="sorted").encode


def random_ticks(
    referee: Referee[Any], game: State, first: int, seated: list[Seat], rng: Random, tally: Tally
) -> Ticks:
    """Raises `CheckFailed`."""
    inputs: list[TickInput] = []
    count = rng.randint(1, TICKS_MOST)
    for number in range(first, first + count):
        done = []
        for seat in seated:
            if rng.random() < _ACTS:
                move = _move(referee, game, seat, rng)
                if move is not None:
                    done.append(TickInput(number, seat, move.type, Raw(_encode(move.args)), _player(seat)))
                    tally.actions[move.type] += 1
        game = asked("`tick`", tick, referee, game, done)
        _check_frame(referee, game, seated)
        inputs += done
    return Ticks(first, count, tuple(inputs))


def _move(referee: Referee[Any], game: State, seat: Seat, rng: Random) -> Move | None:
    moves: list[Move] = asked("`candidates` or a check", referee.legal_moves, game, seat)
    return rng.choice(moves) if moves else None


def _check_frame(referee: Referee[Any], game: State, seated: list[Seat]) -> None:
    """What a frame tells is bytes, few enough to be sent many times a second."""
    viewers = [None, *seated] if referee.game.views_differ else [None]
    for viewer in viewers:
        frame: object = asked("`frame`", referee.game.frame, game, viewer)
        if not isinstance(frame, bytes):
            raise CheckFailed("exceptions", f"`frame` returned {frame!r}, not bytes")
        if len(frame) > FRAME_BYTES_MOST:
            raise CheckFailed("views", f"a frame of {len(frame)} bytes; at most {FRAME_BYTES_MOST}")


def _player(seat: Seat) -> PlayerId:
    return PlayerId(f"p_{seat}")

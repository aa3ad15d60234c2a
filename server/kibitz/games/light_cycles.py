"""Light Cycles: everybody rides at the same speed and leaves a wall behind; who rides into one is out.

The arena is a grid of cells, a cell is the number `y * width + x`. All riders enter their next cell in
the same tick, so nobody is first; who meets another head on takes both out. The last one riding has
the round's point.

A round begins with a countdown and ends with a pause. The pause is longer than `late_ticks`: a turn
that was on its way when somebody crashed still counts, and no point is given back afterwards.
"""

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from kibitz.games.light_cycles_frame import packed
from kibitz.rules import (
    FORFEIT,
    START,
    TICK,
    WAITING,
    Args,
    Durability,
    Game,
    Move,
    Outcome,
    Phases,
    Refusal,
    Seat,
    Seats,
    Setup,
    Stale,
    State,
    Value,
    action,
    illegal,
)

COUNTDOWN, RACING, ROUND_OVER, FINISHED = "countdown", "racing", "round_over", "finished"
COUNTDOWN_TICKS = 60
ROUND_OVER_TICKS = 40
TURNS_AHEAD_MOST = 3

Direction = Literal["up", "right", "down", "left"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)
"""Clockwise: the number of a direction is its place here."""

# The arena is 16 by 10 units; where riders start, and which way they ride. Each odd one stands opposite the
# one before it, turned by half a circle, so that nobody has the better place.
_STARTS = ((2, 5, 1), (8, 2, 2), (4, 2, 2), (12, 2, 2))
_UNITS = {2: 3, 3: 4, 4: 4}
_UNIT_FOR_MANY = 5


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`points` end a match; `pace` is how many ticks a rider takes for a cell."""

    points: Annotated[int, Meta(ge=1, le=9)] = 3
    pace: Annotated[int, Meta(ge=1, le=4)] = 2


class Rider(Struct, frozen=True, gc=False):
    """`corners` are the cells where the wall begins and turns; it ends at `head`. `turns` are directions
    that were asked for and not yet taken. `out` is the tick of the race at which the rider crashed."""

    head: int
    direction: int
    corners: tuple[int, ...]
    turns: tuple[int, ...] = ()
    out: int | None = None
    points: int = 0
    is_retired: bool = False


class Race(State, frozen=True, gc=False):
    """`tick` counts through the match, `ticks` through the phase. `walls` has a byte for each cell: 0, or
    the number of the seat whose wall stands there plus 1."""

    width: int
    height: int
    points_to_win: int
    pace: int
    first: Seat
    round: int
    tick: int
    ticks: int
    riders: tuple[Rider, ...]
    walls: bytes
    round_winner: Seat | None = None
    reason: str | None = None


class Steer(Args, frozen=True):
    direction: Direction


def is_riding(state: Race, seat: Seat, args: Args) -> Refusal | None:
    if state.riders[seat].out is not None:
        return illegal("out", "You are out of this round.")
    return None


def is_no_reverse(state: Race, seat: Seat, args: Steer) -> Refusal | None:
    rider = state.riders[seat]
    if (DIRECTIONS.index(args.direction) - _heading(rider)) % 4 == 2:
        return illegal("reverse", "A light cycle cannot turn on the spot.")
    return None


def is_taking_part(state: Race, seat: Seat, args: Args) -> Refusal | None:
    if state.riders[seat].is_retired:
        return illegal("retired", "You have left this match.")
    return None


class LightCycles(Game[Race]):
    name = "light-cycles"
    title = "Light Cycles"
    summary = "Leave a wall behind you and ride into none. The last one riding wins the round."
    seats = Seats(2, 8)
    options = Options
    views_differ = False
    brain = "kibitz.games.light_cycles_brain:choose"
    substitute = True
    open_after = True
    durability = Durability.RELAXED
    ticks_per_second = 20
    late_ticks = 6
    phases = Phases(
        {
            (WAITING, START): COUNTDOWN,
            (COUNTDOWN, TICK): (COUNTDOWN, RACING),
            (COUNTDOWN, "steer"): COUNTDOWN,
            (RACING, TICK): (RACING, ROUND_OVER),
            (RACING, "steer"): RACING,
            (ROUND_OVER, TICK): (ROUND_OVER, COUNTDOWN, FINISHED),
            **{
                (phase, trigger): (phase, FINISHED)
                for phase in (COUNTDOWN, RACING, ROUND_OVER)
                for trigger in ("resign", FORFEIT)
            },
        },
        final=FINISHED,
    )

    def setup(self, setup: Setup[Options]) -> Race:
        width, height = arena(setup.seats)
        nobody = Rider(0, 0, ())
        race = Race(
            phase=COUNTDOWN,
            width=width,
            height=height,
            points_to_win=setup.options.points,
            pace=setup.options.pace,
            first=setup.first,
            round=0,
            tick=0,
            ticks=0,
            riders=(nobody,) * setup.seats,
            walls=b"",
        )
        return next_round(race)

    def to_move(self, state: Race) -> tuple[Seat, ...]:
        if state.phase not in (COUNTDOWN, RACING):
            return ()
        return tuple(Seat(n) for n, rider in enumerate(state.riders) if rider.out is None)

    def tick(self, state: Race) -> Race:
        ticks = state.ticks + 1
        match state.phase:
            case "racing" if ticks % state.pace == 0:
                return ridden(state)
            case "countdown" if ticks >= COUNTDOWN_TICKS:
                return replace(state, phase=RACING, tick=state.tick + 1, ticks=0)
            case "round_over" if ticks >= ROUND_OVER_TICKS:
                after = replace(state, tick=state.tick + 1)
                reason = over(after)
                return next_round(after) if reason is None else replace(after, phase=FINISHED, reason=reason)
            case _:
                return replace(state, tick=state.tick + 1, ticks=ticks)

    @action(Steer, checks=(is_riding, is_no_reverse), stale=Stale.COMMUTE, out_of_turn=True)
    def steer(self, state: Race, seat: Seat, args: Steer) -> Race:
        rider = state.riders[seat]
        direction = DIRECTIONS.index(args.direction)
        if direction == _heading(rider):
            return state
        if len(rider.turns) == TURNS_AHEAD_MOST:  # fingers are quicker than cells
            return state
        return _with_rider(state, seat, replace(rider, turns=(*rider.turns, direction)))

    @action(Args, checks=(is_taking_part,), out_of_turn=True, suggested=False)
    def resign(self, state: Race, seat: Seat, args: Args) -> Race:
        return retired(state, seat, "resigned")

    def on_forfeit(self, state: Race, seat: Seat) -> Race:
        return retired(state, seat, "forfeit")

    def outcome(self, state: Race) -> Outcome | None:
        if state.reason is None:
            return None
        # Who left is behind everybody who stayed, whatever the points.
        worth = [(not rider.is_retired, rider.points) for rider in state.riders]
        ranks = tuple(1 + sum(other > own for other in worth) for own in worth)
        best = [Seat(seat) for seat, rank in enumerate(ranks) if rank == 1]
        scores = tuple(rider.points for rider in state.riders)
        return Outcome(best[0] if len(best) == 1 else None, state.reason, ranks=ranks, scores=scores)

    def view(self, state: Race, seat: Seat | None) -> dict[str, Value]:
        outcome = self.outcome(state)
        riders: list[Value] = [
            {
                "head": rider.head,
                "direction": rider.direction,
                "trail": list(rider.corners),
                "turns": list(rider.turns),
                "out": rider.out,
                "points": rider.points,
                "retired": rider.is_retired,
            }
            for rider in state.riders
        ]
        return {
            "phase": state.phase,
            "size": [state.width, state.height],
            "points_to_win": state.points_to_win,
            "pace": state.pace,
            "first": state.first,
            "round": state.round,
            "tick": state.tick,
            "ticks": state.ticks,
            "riders": riders,
            "round_winner": state.round_winner,
            "outcome": None if outcome is None else outcome.as_value(),
        }

    def waiting_view(self, options: Options, seats: int) -> dict[str, Value]:
        width, height = arena(seats)
        return {
            "phase": WAITING,
            "size": [width, height],
            "points_to_win": options.points,
            "pace": options.pace,
            "first": 0,
            "round": 0,
            "tick": 0,
            "ticks": 0,
            "riders": [],
            "round_winner": None,
            "outcome": None,
        }

    def event_view(self, move: Move, seat: Seat, viewer: Seat | None) -> dict[str, Value]:
        return move.args

    def frame(self, state: Race, seat: Seat | None) -> bytes:
        return packed(state)


def arena(seats: int) -> tuple[int, int]:
    """Width and height in cells."""
    unit = _UNITS.get(seats, _UNIT_FOR_MANY)
    return 16 * unit, 10 * unit


def start_of(slot: int, width: int, height: int) -> tuple[int, int]:
    """The cell and the direction of the rider who starts from `slot`."""
    x, y, direction = _STARTS[slot // 2]
    unit = width // 16
    cell = y * unit * width + x * unit
    return (width * height - 1 - cell, (direction + 2) % 4) if slot % 2 else (cell, direction)


def next_round(state: Race) -> Race:
    """Everybody who has not left at their starting place; the places go round."""
    seats, walls = len(state.riders), bytearray(state.width * state.height)
    riders = []
    for seat, rider in enumerate(state.riders):
        cell, direction = start_of((seat - state.first + state.round) % seats, state.width, state.height)
        corners = () if rider.is_retired else (cell,)
        riders.append(
            Rider(
                cell, direction, corners, (), 0 if rider.is_retired else None, rider.points, rider.is_retired
            )
        )
        if not rider.is_retired:
            walls[cell] = seat + 1
    return replace(
        state,
        phase=COUNTDOWN,
        round=state.round + 1,
        ticks=0,
        riders=tuple(riders),
        walls=bytes(walls),
        round_winner=None,
    )


def ridden(state: Race) -> Race:
    """Everybody one cell on, all at once; who rides into a wall, the edge or another one is out."""
    width, walls, ticks = state.width, state.walls, state.ticks + 1
    entered: dict[int, int] = {}
    heads = []
    for rider in state.riders:
        cell = -1
        if rider.out is None:
            cell = ahead(rider.head, rider.turns[0] if rider.turns else rider.direction, width, state.height)
            entered[cell] = entered.get(cell, 0) + 1
        heads.append(cell)
    riders, built = [], bytearray(walls)
    for seat, (rider, cell) in enumerate(zip(state.riders, heads, strict=True)):
        if rider.out is not None:
            riders.append(rider)
            continue
        direction, turns, corners = rider.direction, rider.turns, rider.corners
        if turns:
            direction, turns, corners = turns[0], turns[1:], (*corners, rider.head)
        if cell < 0 or walls[cell] or entered[cell] > 1:
            # Where the wall ends is where it was going, whichever way was asked for last.
            riders.append(replace(rider, turns=(), out=ticks))
        else:
            built[cell] = seat + 1
            riders.append(Rider(cell, direction, corners, turns, None, rider.points, rider.is_retired))
    after = replace(state, tick=state.tick + 1, ticks=ticks, riders=tuple(riders), walls=bytes(built))
    return scored(after)


def ahead(cell: int, direction: int, width: int, height: int) -> int:
    """The next cell that way; -1 beyond the edge."""
    y, x = divmod(cell, width)
    match direction:
        case 0:
            return cell - width if y > 0 else -1
        case 1:
            return cell + 1 if x < width - 1 else -1
        case 2:
            return cell + width if y < height - 1 else -1
        case _:
            return cell - 1 if x > 0 else -1


def scored(state: Race) -> Race:
    """The round's end, if at most one still rides: that one's point; nobody's where none does."""
    riding = [seat for seat, rider in enumerate(state.riders) if rider.out is None]
    if state.phase != RACING or len(riding) > 1:
        return state
    winner = None
    riders = state.riders
    if riding:
        winner = Seat(riding[0])
        rider = riders[winner]
        won = replace(rider, points=rider.points + 1)
        riders = (*riders[:winner], won, *riders[winner + 1 :])
    return replace(state, phase=ROUND_OVER, ticks=0, riders=riders, round_winner=winner)


def over(state: Race) -> str | None:
    """Why the match is over after this round: `points`, or `rounds` where too many had no winner."""
    if max(rider.points for rider in state.riders) >= state.points_to_win:
        return "points"
    return "rounds" if state.round >= 3 * state.points_to_win else None


def retired(state: Race, seat: Seat, reason: str) -> Race:
    """The state once `seat` left the match; who stays alone has won it. A round that this decides ends
    with the next cell."""
    rider = state.riders[seat]
    out = state.ticks if rider.out is None else rider.out
    after = _with_rider(state, seat, replace(rider, is_retired=True, out=out, turns=()))
    if sum(not other.is_retired for other in after.riders) <= 1:
        return replace(after, phase=FINISHED, reason=reason)
    return after


def _heading(rider: Rider) -> int:
    """Where the rider goes once the turns that are asked for are taken."""
    return rider.turns[-1] if rider.turns else rider.direction


def _with_rider(state: Race, seat: Seat, rider: Rider) -> Race:
    return replace(state, riders=(*state.riders[:seat], rider, *state.riders[seat + 1 :]))

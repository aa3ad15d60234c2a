"""The clocks of a match as its events make them: pure, so that a fold never reads the time.

What an event charges stands in it as `spent_ms` or `charged_ms`. A clock per game is charged for its
own seat's action alone. Clocks per move and per phase run side by side, so each action of a match
charges all that run; `used_ms` tells what one of them was charged by others' actions meanwhile.
"""

from msgspec.structs import replace

from kibitz.ids import Seat
from kibitz.rooms.fold.state import ClockState
from kibitz.rules import ClockRule, PerGame, PerMove, PerPhase


def begin(rule: ClockRule, seats: int, phase: str, to_move: tuple[Seat, ...]) -> ClockState | None:
    """The clocks as a match begins."""
    match rule:
        case None:
            return None
        case PerGame():
            return ClockState((rule.initial_ms,) * seats, _sole(to_move))
        case PerMove():
            return ClockState((rule.limit_in(phase),) * seats, _sole(to_move), to_move, (0,) * seats)
        case PerPhase():
            return _phase_clock(rule.limits_ms.get(phase), seats, to_move, (0,) * seats)


def elapsed_ms(clock: ClockState | None, seat: Seat | None, spent_ms: int | None) -> int | None:
    """How long the clocks ran before an action of `seat` that was charged `spent_ms`. None: none ran."""
    if clock is None or spent_ms is None or clock.running_seats is None or seat is None:
        return spent_ms
    return spent_ms - clock.used_ms[seat]


def charged(clock: ClockState, seat: Seat | None, charge_ms: int | None) -> ClockState:
    """After so many milliseconds: those of `seat` of a clock per game, else of all clocks that run.

    A clock per move may fall below 0 for as long as the way of its player's answer is waited for.
    """
    if not charge_ms:
        return clock
    if clock.running_seats is None:
        if seat is None:
            return clock
        left = max(0, clock.remaining_ms[seat] - charge_ms)
        return ClockState(_with(clock.remaining_ms, seat, left), clock.running)
    used = tuple(
        ms + charge_ms if seat in clock.running_seats else ms for seat, ms in enumerate(clock.used_ms)
    )
    if clock.phase_ms is not None:
        left = clock.phase_ms - charge_ms
        return replace(clock, remaining_ms=(left,) * len(used), phase_ms=left, used_ms=used)
    remaining = tuple(
        ms - charge_ms if seat in clock.running_seats else ms for seat, ms in enumerate(clock.remaining_ms)
    )
    return replace(clock, remaining_ms=remaining, used_ms=used)


def moved_per_game(
    clock: ClockState, seat: Seat, spent_ms: int | None, gained_ms: int, to_move: tuple[Seat, ...]
) -> ClockState:
    """As `charged` and `moved` for an action of `seat` with a clock per game, in one go: it is by far the
    most usual one."""
    remaining = clock.remaining_ms
    if spent_ms is not None:
        remaining = _with(remaining, seat, max(0, remaining[seat] - spent_ms) + gained_ms)
    return ClockState(remaining, to_move[0] if len(to_move) == 1 else None)


def moved(
    rule: ClockRule,
    clock: ClockState,
    phases: tuple[str, str],
    to_move: tuple[Seat, ...],
    actor: Seat | None,
    *,
    phase_was_over: bool = False,
) -> ClockState:
    """The clocks, charged already, after the game went on from one of `phases` to the other.

    `actor` made a move of its own and begins anew if it is to move again. `phase_was_over`: the time of
    the phase had run out.
    """
    match rule:
        case PerMove():
            return _moved_per_move(rule, clock, phases[1], to_move, actor)
        case PerPhase():
            seats = len(clock.used_ms)
            still = _still(clock, to_move, actor)
            used = tuple(ms if seat in still else 0 for seat, ms in enumerate(clock.used_ms))
            limit = rule.limits_ms.get(phases[1])
            if phases[0] == phases[1] and not phase_was_over and clock.phase_ms is not None:
                limit = clock.phase_ms
            return _phase_clock(limit, seats, to_move, used)
        case _:
            return ClockState(clock.remaining_ms, _sole(to_move))


def stopped(clock: ClockState) -> ClockState:
    """Nothing runs: the match is over, or paused."""
    if clock.running_seats is None:
        return clock if clock.running is None else ClockState(clock.remaining_ms, None)
    return replace(clock, running=None, running_seats=(), is_standing=True)


def going_on(clock: ClockState, to_move: tuple[Seat, ...]) -> ClockState:
    """What `stopped` had stopped runs again, from where it stood."""
    if clock.running_seats is None:
        return ClockState(clock.remaining_ms, _sole(to_move))
    return replace(clock, running=_sole(to_move), running_seats=to_move, is_standing=False)


def due_in_ms(clock: ClockState | None) -> int | None:
    """How long until the first clock that runs falls, from when they began to run; None: none runs."""
    if clock is None:
        return None
    if clock.running_seats is None:
        return None if clock.running is None else clock.remaining_ms[clock.running]
    if clock.phase_ms is not None:
        return None if clock.is_standing else clock.phase_ms
    return min((clock.remaining_ms[seat] for seat in clock.running_seats), default=None)


def _moved_per_move(
    rule: PerMove, clock: ClockState, phase: str, to_move: tuple[Seat, ...], actor: Seat | None
) -> ClockState:
    still, limit = _still(clock, to_move, actor), rule.limit_in(phase)
    remaining = tuple(ms if seat in still else limit for seat, ms in enumerate(clock.remaining_ms))
    used = tuple(ms if seat in still else 0 for seat, ms in enumerate(clock.used_ms))
    return ClockState(remaining, _sole(to_move), to_move, used)


def _still(clock: ClockState, to_move: tuple[Seat, ...], actor: Seat | None) -> set[Seat]:
    """Whose turn goes on."""
    return {seat for seat in to_move if seat != actor and seat in (clock.running_seats or ())}


def _phase_clock(
    limit_ms: int | None, seats: int, to_move: tuple[Seat, ...], used_ms: tuple[int, ...]
) -> ClockState:
    if limit_ms is None:
        return ClockState((0,) * seats, None, (), (0,) * seats)
    return ClockState((limit_ms,) * seats, _sole(to_move), to_move, used_ms, limit_ms)


def _sole(to_move: tuple[Seat, ...]) -> Seat | None:
    return to_move[0] if len(to_move) == 1 else None


def _with(values: tuple[int, ...], seat: Seat, value: int) -> tuple[int, ...]:
    return (*values[:seat], value, *values[seat + 1 :])

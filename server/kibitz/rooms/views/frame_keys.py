"""What the frame adds to a game's own view: its clocks, and what can be known of its chance."""

from kibitz.rooms.fold.state import ClockState, RoomState
from kibitz.rules import Value, commitment


def clock_key(clock: ClockState | None) -> Value:
    """As of the state's event; None where the match is untimed."""
    if clock is None:
        return None
    if clock.running_seats is None:
        return {"remaining_ms": clock.remaining_ms, "running": clock.running}
    phase_ms = None if clock.is_standing else clock.phase_ms
    return {
        "remaining_ms": tuple(max(0, ms) for ms in clock.remaining_ms),
        "running": clock.running,
        "running_seats": clock.running_seats,
        "phase_ms": None if phase_ms is None else max(0, phase_ms),
    }


def chance_key(state: RoomState, *, is_over: bool) -> Value:
    """The commitments of a match's seeds, and the seeds themselves once it is over; None before it.

    A rewind and a fork draw a new seed; those before it are `earlier`.
    """
    if not state.seeds:
        return None
    *earlier, newest = (
        {"commitment": commitment(seed), "seed": seed.hex() if is_over else None} for seed in state.seeds
    )
    return {**newest, "earlier": earlier}

"""The settings of rooms."""

from msgspec import Struct


class RoomsConfig(Struct, frozen=True):
    """Durations in milliseconds.

    `pause_limit_ms`: a gap between two readings of the time above it is taken for a pause of the
    process, and the clocks of players stand still in it; 0 switches that off (for fake clocks that
    jump). `bot_pause_ms`: how long, at least and at most, a bot takes for a move, from the beginning
    of its turn. `retry_ms`: when a room tries again by itself what could not be stored.
    `patches_kept`: from how many versions back a returning client is brought up by a patch.
    """

    snapshot_every: int = 32
    acts_waiting_most: int = 64
    rooms_most: int = 20_000
    presence_grace_ms: int = 30_000
    waiting_unjoined_ms: int = 30 * 60_000
    finished_unjoined_ms: int = 30 * 60_000
    pause_limit_ms: int = 3_000
    bot_budget_ms: int = 200
    bot_pause_ms: tuple[int, int] = (350, 900)
    retry_ms: int = 1_000
    patches_kept: int = 16
    faults_most: int = 3

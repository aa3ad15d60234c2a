"""The settings of rooms."""

from msgspec import Struct


class RoomsConfig(Struct, frozen=True):
    """Durations in milliseconds.

    `pause_limit_ms`: a gap between two readings of the time above it is taken for a pause of the
    process, and the clocks of players stand still in it; 0 switches that off (for fake clocks that
    jump). `bot_pause_ms`: how long, at least and at most, a bot takes for a move, from the beginning
    of its turn. `retry_ms`: when a room tries again by itself what could not be stored.
    `lag_bound_ms`: at most so much of a player's round trip is not charged to their clock.
    `playing_unjoined_ms`: how long a match may be on with nobody connected; a faulted room stays as
    long. `rest_after_ms`, `rest_before_ms`: a room is taken out of memory when for so long nobody was
    there and nothing happened, and nothing is due within so long. `patches_kept`: from
    how many versions back a returning client is brought up by a patch.
    """

    snapshot_every: int = 32
    acts_waiting_most: int = 64
    rooms_most: int = 20_000
    presence_grace_ms: int = 30_000
    waiting_unjoined_ms: int = 30 * 60_000
    finished_unjoined_ms: int = 30 * 60_000
    playing_unjoined_ms: int = 7 * 24 * 3_600_000
    pause_limit_ms: int = 3_000
    lag_bound_ms: int = 300
    bot_budget_ms: int = 200
    bot_pause_ms: tuple[int, int] = (350, 900)
    retry_ms: int = 1_000
    patches_kept: int = 16
    rest_after_ms: int = 60_000
    rest_before_ms: int = 60_000
    faults_most: int = 3
    ticks_row_ms: int = 1_000
    ticks_behind_most_ms: int = 3_000
    resume_ms: int = 3_000
    live_bot_every_ms: int = 200
    live_bot_answer_ms: int = 100
    live_bot_budget_ms: int = 10
    """Matches in real time: a row of ticks is about so long; so much may wait for the disk before the match
    waits too; so long before it goes on after a pause; so often brains are asked, so long after the question
    their answers count, and this is their budget."""

"""What was done late counts where its player saw it, whatever arrives first; and rows fold to the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from kibitz.games.light_cycles import COUNTDOWN_TICKS, DIRECTIONS, LightCycles, Options, Rider
from kibitz.ids import PlayerId, Seat
from kibitz.rooms.fold.event_args import TickInput, Ticks
from kibitz.rooms.fold.ticking import played
from kibitz.rooms.realtime.timeline import Timeline
from kibitz.rules import Args, Chance, Referee, Refusal, Setup, State

GAME = LightCycles()
REFEREE = Referee(GAME)
LATE = GAME.late_ticks


def begun(seats: int = 4) -> State:
    return REFEREE.start(Setup(seats, Options(pace=1), 1, Seat(0), Chance(bytes(32))))


def steer(tick: int, seat: int, direction: str) -> tuple[TickInput, Args]:
    args = Raw(f'{{"direction":"{direction}"}}'.encode())
    payload = REFEREE.decode_args("steer", args)
    assert not isinstance(payload, Refusal)
    return TickInput(tick, Seat(seat), "steer", args, PlayerId(f"p_{seat}")), payload


def racing(seats: int = 4) -> Timeline:
    timeline = Timeline(REFEREE, begun(seats), 0)
    for _ in range(COUNTDOWN_TICKS + 5):
        timeline.advance()
    return timeline


def crossing() -> State:
    """The first rider rides to the right, into the wall that the second one lays upwards in its way."""
    state = begun(3)
    while state.phase == "countdown":
        state = REFEREE.tick(state)
    places = ((10, 20, 1), (14, 22, 0), (50, 30, 1))
    walls = bytearray(64 * 40)
    riders = []
    for seat, (x, y, direction) in enumerate(places):
        walls[y * 64 + x] = seat + 1
        riders.append(Rider(y * 64 + x, direction, (y * 64 + x,)))
    return replace(state, walls=bytes(walls), riders=tuple(riders))


def bytes_of(timeline: Timeline) -> bytes:
    return REFEREE.encode_state(timeline.game)


def test_a_late_turn_counts_where_it_was_seen():
    early, late = racing(), racing()
    assert early.add(*steer(early.now, 0, "up")) is None
    for _ in range(LATE):
        early.advance()
        late.advance()
    assert bytes_of(early) != bytes_of(late)
    assert late.add(*steer(late.now - LATE, 0, "up")) is None
    assert bytes_of(early) == bytes_of(late)


def test_beyond_the_bound_it_counts_as_early_as_it_still_may():
    one, other = racing(), racing()
    for _ in range(20):
        one.advance()
        other.advance()
    assert one.add(*steer(one.now - 15, 0, "up")) is None
    assert other.add(*steer(other.now - LATE, 0, "up")) is None
    assert bytes_of(one) == bytes_of(other)


def test_what_names_a_tick_to_come_counts_now():
    one, other = racing(), racing()
    assert one.add(*steer(one.now + 50, 0, "up")) is None
    assert other.add(*steer(other.now, 0, "up")) is None
    one.advance()
    other.advance()
    assert bytes_of(one) == bytes_of(other)


def test_what_is_journalled_does_not_change_any_more():
    timeline = racing()
    sealed = timeline.seal(everything=True)
    assert sealed is not None
    before = bytes_of(timeline)
    assert timeline.add(*steer(timeline.now - 3, 0, "up")) is None
    assert bytes_of(timeline) == before
    assert timeline.seal(everything=False) is None


def test_what_was_answered_is_journalled_with_everything():
    timeline = racing()
    done, payload = steer(timeline.now, 0, "up")
    timeline.add(done, payload)
    sealed = timeline.seal(everything=True)
    assert sealed is not None
    ticks, game = sealed
    assert [each.seat for each in ticks.inputs] == [0]
    assert ticks.count == timeline.now
    assert REFEREE.encode_state(game) == bytes_of(timeline)


def test_what_changes_nothing_is_not_noted():
    timeline = racing()
    assert timeline.add(*steer(timeline.now, 0, "right")) is None
    timeline.advance()
    sealed = timeline.seal(everything=True)
    assert sealed is not None
    assert sealed[0].inputs == ()


def test_what_the_rules_forbid_is_refused_and_leaves_no_trace():
    timeline = racing()
    before = bytes_of(timeline)
    refusal = timeline.add(*steer(timeline.now - 2, 0, "left"))
    assert refusal is not None
    assert refusal.code == "game:reverse"
    assert bytes_of(timeline) == before


def test_what_could_not_be_stored_is_sealed_again():
    timeline = racing()
    timeline.add(*steer(timeline.now, 0, "up"))
    timeline.advance()
    first = timeline.seal(everything=True)
    assert first is not None
    timeline.unseal(first[0])
    timeline.add(*steer(timeline.now, 1, "up"))
    timeline.advance()
    again = timeline.seal(everything=True)
    assert again is not None
    assert (again[0].first, again[0].count) == (0, timeline.now)
    assert [each.seat for each in again[0].inputs] == [0, 1]


arrivals = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 3), st.integers(0, 3), st.integers(0, LATE)),
    max_size=40,
    unique_by=lambda each: each[:2],
)


def rode(turns: list[tuple[int, int, int, int]], late: dict[int, int]) -> tuple[Timeline, list[Ticks]]:
    """A race in which each turn, made at its tick, arrives so many ticks later; rows as they were sealed."""
    timeline, rows = racing(), []
    begin = timeline.now
    for now in range(75):
        for number, (tick, seat, direction, _) in enumerate(turns):
            if tick + late[number] == now:
                timeline.add(*steer(begin + tick, seat, DIRECTIONS[direction]))
        timeline.advance()
        if now % 20 == 19 and (sealed := timeline.seal(everything=False)):
            rows.append(sealed[0])
    last = timeline.seal(everything=True)
    return timeline, [*rows, *([] if last is None else [last[0]])]


def test_who_seemed_out_may_turn_when_a_late_turn_leaves_the_way_free():
    """The second rider's wall was in the way, until it turned out that the second rider had turned."""
    referee, games = REFEREE, []
    for is_late in (False, True):
        timeline = Timeline(referee, crossing(), 0)
        turn, escape = steer(1, 1, "right"), steer(5, 0, "up")
        for now in range(12):
            if now == (6 if is_late else 1):
                assert timeline.add(*turn) is None
            if now == 5:
                refusal = timeline.add(*escape)
                assert (refusal is not None) is is_late
            timeline.advance()
        games.append(referee.encode_state(timeline.game))
    assert games[0] == games[1]


@settings(max_examples=300, deadline=None)
@given(arrivals, st.integers(0, 2**32))
def test_within_the_bound_it_makes_no_difference_what_arrives_first(
    turns: list[tuple[int, int, int, int]], seed: int
):
    """One turn of a seat is not made for another's sake here: each is legal or not by itself."""
    at_once, _ = rode(turns, dict.fromkeys(range(len(turns)), 0))
    chance = random.Random(seed)
    # What one player does arrives in its order: a connection does not reorder.
    by_seat = {seat: chance.randint(0, LATE) for seat in range(4)}
    late, _ = rode(turns, {number: by_seat[turn[1]] for number, turn in enumerate(turns)})
    assert bytes_of(at_once) == bytes_of(late)


@settings(max_examples=60, deadline=None)
@given(arrivals)
def test_rows_of_ticks_fold_to_the_same_bytes(turns: list[tuple[int, int, int, int]]):
    timeline, rows = rode(turns, {number: turn[3] for number, turn in enumerate(turns)})
    game = begun()
    for row in rows:
        game = played(REFEREE, game, row)
    assert REFEREE.encode_state(game) == bytes_of(timeline)
    assert sum(row.count for row in rows) == timeline.now


def test_a_fault_of_the_game_changes_nothing():
    class Faulty(LightCycles):
        name = "faulty-cycles"

        def tick(self, state):  # type: ignore[no-untyped-def]
            if state.tick >= COUNTDOWN_TICKS + 3 and state.riders[0].turns:
                raise RuntimeError("broken")
            return super().tick(state)

    referee = Referee(Faulty())
    timeline = Timeline(referee, begun(), 0)
    for _ in range(COUNTDOWN_TICKS + 5):
        timeline.advance()
    before = bytes_of(timeline)
    with pytest.raises(RuntimeError, match="broken"):
        timeline.add(*steer(timeline.now - 1, 0, "up"))
    assert bytes_of(timeline) == before
    timeline.advance()

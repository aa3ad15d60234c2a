"""A room in real time ticks while somebody plays, and its rows fold to what was shown."""

import msgspec

from kibitz.games.light_cycles import LightCycles
from kibitz.ids import SocketId
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Accepted
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.ledger.known_acts import KnownActs
from kibitz.rooms.ledger.recovery import recovery_point
from kibitz.rooms.room import Room
from kibitz.rules import Referee
from support.arena import CONFIG, Arena, finished, ticks_of
from support.room_house import ANN, BEN, act, leave


async def test_twenty_ticks_a_second_are_shown_and_stored_a_second_at_a_time():
    arena = Arena()
    room = await arena.started()
    await arena.tick(100)
    assert 99 <= arena.shown.tick <= 101
    rows = ticks_of(arena.events(room))
    assert [(row["first"], row["count"]) for row in rows] == [(0, 20), (20, 20), (40, 20), (60, 20)]


async def test_an_act_is_answered_at_once_and_stored_with_its_row():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    arena.memory.hold()
    answer = await act(room, ANN, arena.steer(room, "up", arena.shown.tick))
    assert isinstance(answer, Accepted)
    arena.memory.release()
    await arena.tick(40)
    (done,) = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert done[1:5] == [0, "steer", {"direction": "up"}, ANN]


async def test_the_same_act_twice_is_done_once():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    sent = arena.steer(room, "up", arena.shown.tick)
    first, again = await act(room, ANN, sent), await act(room, ANN, sent)
    assert first == again
    await arena.tick(40)
    assert len([each for row in ticks_of(arena.events(room)) for each in row["inputs"]]) == 1
    assert isinstance(await act(room, ANN, sent), Accepted), "also once it is stored"
    assert len([each for row in ticks_of(arena.events(room)) for each in row["inputs"]]) == 1


async def test_an_act_is_known_after_a_restart_and_recovery_points_are_those_of_the_fold():
    config = msgspec.structs.replace(CONFIG, snapshot_every=3)
    arena = Arena(config=config)
    room = await arena.started(options=b'{"points":9,"pace":4}')
    await arena.tick(70)
    sent = arena.steer(room, "up", arena.shown.tick)
    first = await act(room, ANN, sent)
    assert isinstance(first, Accepted)
    await arena.tick(60)
    arena.directory.drain()
    await arena.quiet()
    (snapshot, *_) = arena.journal.latest_snapshots(room.key)
    fold = Fold(Referee(LightCycles()), Referee(LightCycles()).options(room.record.options), 2)
    known, state = KnownActs(), None
    for event in arena.events(room):
        if event.version > snapshot.version:
            break
        state = fold.step(state, event)
        known.add_event(event)
    assert state is not None
    assert recovery_point(room.record, state, known, fold, snapshot.at_us).state == snapshot.state
    again = Arena(arena.memory, clock=arena.clock, entropy=arena.entropy, config=config)
    again.directory.recover()
    back = again.directory.find(room.room_id)
    assert isinstance(back, Room)
    repeated = await act(back, ANN, sent)
    assert isinstance(repeated, Accepted)
    assert first.version <= repeated.version <= first.version + 1


async def test_rows_fold_to_what_was_shown():
    arena = Arena()
    room = await arena.started(seats=4, bots=2)
    for number in range(20):
        await arena.tick(9)
        direction = ("up", "left", "down", "right")[number % 4]
        await act(room, (ANN, BEN)[number % 2], arena.steer(room, direction, arena.shown.tick - number % 5))
    arena.directory.drain()
    await arena.quiet()
    assert arena.shown.race is not None
    referee = Referee(LightCycles())
    folded = referee.decode_state(arena.folded(room))
    shown = arena.shown.race
    assert (folded.walls, folded.riders) == (shown.walls, shown.riders) or folded.tick == shown.tick + 1


async def test_the_end_of_the_match_comes_with_the_row_that_holds_it():
    arena = Arena()
    room = await arena.started()
    await finished(arena, room)
    last = arena.events(room)[-1]
    assert (last.kind, room.status) == (EventKind.TICKS, Status.FINISHED)
    assert last.outcome is not None
    frames = arena.shown.frames
    await arena.tick(20)
    assert arena.shown.frames == frames, "nothing ticks any more"
    assert arena.directory.ticker.rooms == 0


async def test_a_late_act_counts_where_it_was_seen_as_far_as_the_connection_explains_it():
    arena = Arena()
    room = await arena.started()
    room.presence.measured(SocketId(f"socket-{ANN}"), latency_ms=0, transport="websocket")
    room.presence.measured(SocketId(f"socket-{BEN}"), latency_ms=200, transport="websocket")
    await arena.tick(80)
    tick = arena.shown.tick
    for player in (ANN, BEN):
        assert isinstance(await act(room, player, arena.steer(room, "up", tick - 6)), Accepted)
    await arena.tick(40)
    inputs = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert {each[1]: tick - each[0] for each in inputs} == {0: 2, 1: 6}


async def test_who_leaves_is_journalled_after_all_that_came_before():
    arena = Arena()
    room = await arena.started(seats=3, bots=1)
    await arena.tick(73)
    await leave(room, ANN)
    await arena.quiet()
    kinds = arena.kinds(room)
    assert kinds[-3:] == [EventKind.TICKS, EventKind.FORFEIT, EventKind.LEFT]
    assert sum(row["count"] for row in ticks_of(arena.events(room))) == arena.shown.tick
    await arena.tick(30)
    assert arena.shown.race is not None
    assert arena.shown.race.riders[0].is_retired

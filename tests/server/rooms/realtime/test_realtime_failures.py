"""A room in real time loses a second at most, and says so."""

import msgspec

from kibitz.codes import Code
from kibitz.games.light_cycles import LightCycles, Race
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Refused
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from support.arena import CONFIG, GAME, Arena, Steer, ticks_of
from support.room_house import ANN, BEN, act, asked


async def test_a_clean_restart_loses_nothing_and_keeps_the_epoch():
    arena = Arena()
    room = await arena.started()
    await arena.tick(93)
    await act(room, ANN, arena.steer(room, "up", arena.shown.tick))
    arena.directory.drain()
    await arena.quiet()
    row = ticks_of(arena.events(room))[-1]
    assert row["first"] + row["count"] >= arena.shown.tick
    assert [each[1] for each in row["inputs"]] == [0], "what was answered is stored"
    again = Arena(arena.memory, clock=arena.clock, entropy=arena.entropy)
    again.directory.recover()
    back = again.directory.find(room.room_id)
    assert isinstance(back, Room)
    assert (back.epoch, back.status) == (room.epoch, Status.PAUSED)
    for number, player in enumerate((ANN, BEN)):
        again.connect(back, player, number)
    await again.quiet()
    assert back.status is Status.PLAYING
    await again.tick(70)
    assert again.shown.tick >= row["first"] + row["count"] + 5


async def test_a_crash_loses_a_second_at_most_and_says_so():
    arena = Arena()
    room = await arena.started()
    await arena.tick(115)
    shown, epoch = arena.shown.tick, room.epoch
    again = Arena(arena.memory.crashed(), clock=arena.clock, entropy=arena.entropy)
    again.directory.recover()
    back = again.directory.find(room.room_id)
    assert isinstance(back, Room)
    await again.quiet()
    assert (back.status, back.epoch != epoch) == (Status.PAUSED, True)
    assert again.kinds(back)[-2:] == [EventKind.REOPENED, EventKind.PAUSED]
    for number, player in enumerate((ANN, BEN)):
        again.connect(back, player, number)
    await again.quiet()
    lost = shown - again.shown.tick
    assert 0 <= lost <= 20 + LightCycles.late_ticks
    assert again.shown.begun_in_ms == [CONFIG.resume_ms]
    refused = await act(back, ANN, Steer(epoch, "old-epoch-000001", 1, "steer", msgspec.Raw(b"{}")))
    assert isinstance(refused, Refused)
    assert refused.code == Code.EPOCH_CHANGED


async def test_ticks_that_could_not_be_stored_are_stored_later():
    arena = Arena()
    room = await arena.started()
    await arena.tick(65)
    arena.memory.fail_when(lambda event: CommitFailure.UNAVAILABLE)
    await act(room, ANN, arena.steer(room, "up", arena.shown.tick))
    await arena.tick(25)
    arena.memory.fail_when(lambda event: None)
    await arena.tick(60)
    rows = ticks_of(arena.events(room))
    assert [row["first"] for row in rows] == [sum(r["count"] for r in rows[:n]) for n in range(len(rows))]
    assert len([each for row in rows for each in row["inputs"]]) == 1
    assert "reloaded" in arena.told.words()
    assert arena.folded(room)


async def test_a_pause_that_could_not_be_stored_loses_no_tick():
    arena = Arena()
    room = await arena.started()
    await arena.tick(75)
    arena.memory.fail_when(lambda event: CommitFailure.UNAVAILABLE)
    await asked(lambda answer: room.pause("in vain", answer))
    arena.memory.fail_when(lambda event: None)
    await arena.quiet()
    assert room.status is Status.PLAYING
    await arena.tick(55)
    rows = ticks_of(arena.events(room))
    assert sum(row["count"] for row in rows) > 75


async def test_a_disk_that_fails_for_long_is_tried_again_until_it_works():
    arena = Arena()
    room = await arena.started(options=b'{"points":9,"pace":4}')
    await arena.tick(65)
    arena.memory.fail_when(lambda event: CommitFailure.UNAVAILABLE)
    await arena.tick(300)
    assert arena.shown.tick < 65 + 60 + 30, "no more than may be lost"
    arena.memory.fail_when(lambda event: None)
    await arena.tick(120)
    rows = ticks_of(arena.events(room))
    assert [row["first"] for row in rows] == [sum(r["count"] for r in rows[:n]) for n in range(len(rows))]
    assert sum(row["count"] for row in rows) > 150
    assert arena.folded(room)


async def test_the_match_waits_for_a_disk_that_cannot_keep_up():
    arena = Arena()
    room = await arena.started()
    await arena.tick(60)
    arena.memory.hold()
    await arena.tick(200)
    stands_at = arena.shown.tick
    assert stands_at <= 60 + CONFIG.ticks_behind_most_ms // 50 + 30
    arena.memory.release()
    await arena.tick(20)
    assert arena.shown.tick > stands_at
    assert room.status is Status.PLAYING


async def test_a_game_that_fails_at_a_tick_stops_its_room_alone():
    class Faulty(LightCycles):
        name = "faulty-cycles"

        def tick(self, state: Race) -> Race:
            if state.tick >= 10 and state.points_to_win == 2:
                raise RuntimeError("broken")
            return super().tick(state)

    arena = Arena(games={GAME: Faulty()})
    broken, sound = await arena.started(options=b'{"points":2}'), await arena.started()
    await arena.tick(40)
    assert (broken.status, sound.status) == (Status.FAULTED, Status.PLAYING)
    assert arena.directory.ticker.rooms == 1

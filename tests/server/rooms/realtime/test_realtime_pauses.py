"""Matches in real time that stand still, or go back, and how they go on."""

from kibitz.codes import Code
from kibitz.journal.groups import Append
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Left, Refused
from kibitz.rooms.fold.lifecycle import Status
from support.arena import CONFIG, Arena
from support.room_house import ANN, BEN, EVE, act, asked, leave


async def test_a_match_that_nobody_plays_is_paused_and_goes_on_after_a_countdown():
    arena = Arena()
    room = await arena.started(bots=1)
    await arena.tick(70)
    arena.disconnect(room, ANN)
    await arena.quiet()
    assert room.status is Status.PAUSED
    tick = arena.shown.tick
    await arena.tick(100)
    assert arena.shown.tick == tick
    arena.connect(room, ANN, 0)
    await arena.quiet()
    assert room.status is Status.PLAYING
    await arena.tick(55)
    assert arena.shown.tick <= tick + 1, "at most what was answered before the pause was added"
    await arena.tick(20)
    assert arena.shown.tick > tick + 5
    assert arena.shown.begun_in_ms == [0, CONFIG.resume_ms]


async def test_it_waits_for_the_others_as_long_as_their_grace():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    for player in (ANN, BEN):
        arena.disconnect(room, player)
    await arena.quiet()
    arena.connect(room, ANN, 0)
    await arena.quiet()
    assert room.status is Status.PAUSED, "Ben is expected back"
    await arena.pass_time(CONFIG.presence_grace_ms / 1000 + 1)
    assert room.status is Status.PLAYING


async def test_what_an_admin_paused_only_an_admin_resumes():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    await asked(lambda answer: room.pause("a dispute", answer))
    await arena.quiet()
    arena.disconnect(room, ANN)
    arena.connect(room, ANN, 0)
    await arena.tick(50)
    assert room.status is Status.PAUSED
    refused = await act(room, ANN, arena.steer(room, "up"))
    assert isinstance(refused, Refused)
    assert refused.code == Code.ROOM_PAUSED
    await asked(room.resume)
    await arena.tick(70)
    assert room.status is Status.PLAYING
    assert arena.shown.begun_in_ms == [0, CONFIG.resume_ms]


async def test_an_admins_reason_is_never_taken_for_the_frames_own():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    await asked(lambda answer: room.pause("away", answer))
    await arena.tick(50)
    assert room.status is Status.PAUSED


async def test_going_on_is_tried_again_while_the_disk_is_full_but_not_in_every_turn():
    arena = Arena()
    room = await arena.started(bots=1)
    await arena.tick(70)
    arena.disconnect(room, ANN)
    await arena.quiet()
    tries: list[EventKind] = []

    def full(append: Append) -> CommitFailure:
        tries.append(append.event.kind)
        return CommitFailure.UNAVAILABLE

    arena.memory.fail_when(full)
    arena.connect(room, ANN, 0)
    for _ in range(10):
        await arena.quiet()
    assert tries == [EventKind.RESUMED]
    for _ in range(3):
        await arena.pass_time(1)
    assert tries == [EventKind.RESUMED] * 4
    arena.memory.fail_when(lambda append: None)
    await arena.pass_time(2)
    assert room.status is Status.PLAYING


async def test_bots_alone_play_while_somebody_watches():
    arena = Arena()
    room = await arena.started(bots=2)
    await arena.tick(20)
    assert arena.shown.tick == -1
    arena.connect(room, EVE, None)
    await arena.tick(20)
    assert arena.shown.tick > 15
    arena.disconnect(room, EVE)
    await arena.quiet()
    assert room.status is Status.PAUSED


async def test_a_rewound_match_goes_on_from_there():
    arena = Arena()
    room = await arena.started()
    await arena.tick(70)
    version = room.version
    await arena.tick(50)
    epoch = room.epoch
    answer = await asked(lambda answer: room.rewind(version, answer))
    assert isinstance(answer, Left), answer
    await arena.quiet()
    assert room.epoch != epoch
    assert arena.shown.tick < 70
    await arena.tick(80)
    assert 60 < arena.shown.tick < 90, "after a countdown"


async def test_a_rewind_that_is_not_stored_costs_no_tick():
    arena = Arena()
    room = await arena.started()
    await arena.tick(75)
    tick = arena.shown.tick
    to_version, epoch = room.version, room.epoch
    arena.memory.fail_when(
        lambda append: CommitFailure.UNAVAILABLE if append.event.kind is EventKind.REWOUND else None
    )
    answer = await asked(lambda answer: room.rewind(to_version, answer))
    assert isinstance(answer, Refused)
    await arena.quiet()
    assert room.epoch == epoch
    assert arena.shown.tick >= tick
    await arena.tick(80)
    assert room.status is Status.PLAYING
    assert arena.shown.tick > tick


async def test_nothing_of_a_rewind_is_shown_before_it_is_stored():
    arena = Arena()
    room = await arena.started()
    await arena.tick(75)
    to_version = room.version
    await leave(room, EVE)  # who watches: all ticks up to now are stored, and nothing else
    await arena.quiet()
    arena.memory.hold()
    room.rewind(to_version, lambda _: None)
    tick = arena.shown.tick
    await arena.tick(5)
    assert arena.shown.tick >= tick, "the epoch that frames name is still the old one"
    arena.memory.release()
    await arena.quiet()
    assert arena.shown.tick < tick

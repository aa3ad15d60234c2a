"""A room in real time: it ticks while somebody plays, loses at most a second, and says so."""

import asyncio
from typing import Any

import msgspec
import pytest

from kibitz.codes import Code
from kibitz.games.light_cycles import LightCycles, Race
from kibitz.ids import GameName, PlayerId, Seat, SocketId
from kibitz.journal.groups import Append
from kibitz.journal.journal import CommitFailure
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.answers import Accepted, Left, Refused, Seated
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.ledger.known_acts import KnownActs
from kibitz.rooms.ledger.recovery import recovery_point
from kibitz.rooms.room import Room
from kibitz.rooms.services.brain_pool import Chosen
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Move, Referee, State
from support.manual_clock import ManualClock
from support.room_house import ANN, BEN, EVE, House, act, asked, count_entropy, join, leave

GAME = GameName("light-cycles")
TICK_US, STEP_US = 50_000, 5_000
CONFIG = RoomsConfig(pause_limit_ms=0, bot_pause_ms=(0, 0))
FAST = b'{"points":1,"pace":1}'


class Steer(msgspec.Struct, frozen=True):
    epoch: str
    id: str
    base: int
    type: str
    args: msgspec.Raw
    tick: int | None = None


class Shown:
    """A `FrameListener` that remembers the newest frame, and when a match went on."""

    def __init__(self) -> None:
        self.tick = -1
        self.race: Race | None = None
        self.begun_in_ms: list[int] = []
        self.frames = 0

    def begun(self, room: Room, in_ms: int) -> None:
        self.begun_in_ms.append(in_ms)

    def ticked(self, room: Room, tick: int, game: State) -> None:
        assert isinstance(game, Race)
        self.tick, self.race = tick, game
        self.frames += 1


class Brains:
    """Answers in the next turn of the loop, with the same turn always."""

    def __init__(self, direction: str = "up") -> None:
        self.direction = direction
        self.seats: list[int] = []

    def think(self, brain: str, view: bytes, seat: Seat, seed: int, budget_ms: int, chosen: Chosen) -> None:
        self.seats.append(seat)
        asyncio.get_running_loop().call_soon(chosen, Move("steer", {"direction": self.direction}))


class Arena(House):
    """A house that plays light cycles; `tick` lets ticks pass."""

    def __init__(self, journal: MemoryJournal | None = None, **how: Any) -> None:
        self.shown = Shown()
        how.setdefault("games", {GAME: LightCycles()})
        how.setdefault("config", CONFIG)
        how.setdefault("brains", Brains())
        super().__init__(journal, frames=self.shown, **how)
        self._steers = 0

    async def started(self, *, bots: int = 0, seats: int = 2, options: bytes = FAST) -> Room:
        """A match that has just begun, with Ann and Ben connected where they play."""
        room = await self.create(game=GAME, options=options, seats=seats, bots=bots)
        for number, player in enumerate((ANN, BEN)[: seats - bots]):
            seated = await join(room, player)
            assert isinstance(seated, Seated), seated
            self.connect(room, player, number)
        await self.quiet()
        return room

    def connect(self, room: Room, player: PlayerId, seat: int | None) -> None:
        place = None if seat is None else Seat(seat)
        room.presence.attach(SocketId(f"socket-{player}"), player, place, "websocket")

    def disconnect(self, room: Room, player: PlayerId) -> None:
        room.presence.detach(SocketId(f"socket-{player}"))

    async def tick(self, ticks: int) -> None:
        for _ in range(ticks * TICK_US // STEP_US):
            self.clock.advance(STEP_US)
            self.directory.ticker.wake()
            await asyncio.sleep(0)
        self.directory.tick()
        await self.quiet()

    def steer(self, room: Room, direction: str, tick: int | None = None) -> Steer:
        self._steers += 1
        args = msgspec.Raw(f'{{"direction":"{direction}"}}'.encode())
        return Steer(room.epoch, f"steer-{self._steers:012}", room.version, "steer", args, tick)

    def events(self, room: Room) -> list[Event]:
        return list(self.journal.read_room(room.key))

    def kinds(self, room: Room) -> list[EventKind]:
        return [event.kind for event in self.events(room)]

    def folded(self, room: Room) -> bytes:
        """The state of the game as the journal has it."""
        referee = Referee(LightCycles())
        state = Fold(referee, referee.options(room.record.options), room.record.seats).all(self.events(room))
        assert state.state is not None
        return referee.encode_state(state.state)


def ticks_of(events: list[Event]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(event.args) for event in events if event.kind is EventKind.TICKS]


async def finished(arena: Arena, room: Room, most: int = 600) -> None:
    for _ in range(most // 10):
        if room.status is not Status.PLAYING:
            return
        await arena.tick(10)
    raise AssertionError("the match is not over")


# ------------------------------------------------------------ ticking and storing


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


# ------------------------------------------------------------ pauses


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


# ------------------------------------------------------------ brains


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


async def test_a_brain_rides_for_whoever_is_away_until_they_are_back():
    brains = Brains("down")
    arena = Arena(brains=brains)
    room = await arena.started()
    await arena.tick(65)
    assert brains.seats == []
    arena.disconnect(room, BEN)
    await arena.tick(10)
    assert set(brains.seats) == {1}
    assert room.presence.seats()[1].is_substituted
    arena.connect(room, BEN, 1)
    await arena.quiet()
    asked_so_far = len(brains.seats)
    await arena.tick(10)
    assert len(brains.seats) == asked_so_far
    assert not room.presence.seats()[1].is_substituted
    await arena.tick(20)
    inputs = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert [each[1:] for each in inputs] == [[1, "steer", {"direction": "down"}, None, None]]


async def test_a_bots_turns_are_journalled_as_its_own():
    arena = Arena(brains=Brains("down"))
    room = await arena.started(bots=1)
    await arena.tick(100)
    inputs = [each for row in ticks_of(arena.events(room)) for each in row["inputs"]]
    assert inputs
    assert {(each[1], each[4]) for each in inputs} == {(1, room.players[1])}


# ------------------------------------------------------------ when things fail


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


async def test_a_game_that_fails_for_its_bots_stops_its_room_alone():
    class Confused(LightCycles):
        name = "confused-cycles"

        def to_move(self, state: Race) -> tuple[Seat, ...]:
            if state.tick == 8 and state.points_to_win == 2:
                raise RuntimeError("who?")
            return super().to_move(state)

    arena = Arena(games={GAME: Confused()})
    broken = await arena.started(bots=1, options=b'{"points":2}')
    sound = await arena.started(bots=1)
    await arena.tick(40)
    assert (broken.status, sound.status) == (Status.FAULTED, Status.PLAYING)


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


@pytest.mark.parametrize("seats", [2, 8])
async def test_a_whole_match_of_bots_folds_to_the_same(seats: int):
    arena = Arena(entropy=count_entropy(), clock=ManualClock())
    room = await arena.started(seats=seats, bots=seats)
    arena.connect(room, EVE, None)
    await finished(arena, room, 2_000)
    assert arena.folded(room)

"""Quick match: who is seated with whom, and what becomes of those for whom nobody comes."""

from functools import partial
from typing import Any

from kibitz.codes import Code
from kibitz.games.connect_four import ConnectFour
from kibitz.games.liars_dice import LiarsDice
from kibitz.ids import GameName, PlayerId, RoomId, SocketId, is_house_bot
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.answers import JoinAs, Refused
from kibitz.rooms.directory.quick import Entered, QuickMatch
from kibitz.rooms.directory.waiting import Waited
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rules import Game
from kibitz.rules.referee import RuleFault
from support.manual_clock import ManualClock
from support.room_house import ANN, BEN, EVE, House, asked, join, leave

FOUR, DICE = GameName("connect-four"), GameName("liars-dice")
GAMES: dict[GameName, Game[Any]] = {FOUR: ConnectFour(), DICE: LiarsDice()}
BOTS_MS = 20_000


class Lounge:
    """A house with a quick match. `ended` has who waited, how it ended, and for how long in ms."""

    def __init__(self, before: "Lounge | None" = None, *, bots_ms: int = BOTS_MS) -> None:
        self.clock = ManualClock() if before is None else before.clock
        self.ended: list[tuple[PlayerId, Waited, int]] = []
        self.quick = QuickMatch(self.clock, bots_ms, dict.fromkeys(GAMES, True), self._told)
        if before is None:
            self.house = House(clock=self.clock, games=GAMES, also=(self.quick,))
        else:
            self.house = before.house.restarted(also=(self.quick,))
        self.quick.begin(self.house.directory)
        self._sockets = 0

    def _told(self, who: PlayerId, game: GameName, since_us: int, how: Waited, room: RoomId | None) -> None:
        assert game in GAMES
        assert room is not None
        self.ended.append((who, how, (self.clock.now_us() - since_us) // 1000))

    async def enter(self, player: PlayerId, game: GameName = FOUR) -> Entered:
        entered = await asked(partial(self.quick.enter, player, game))
        assert isinstance(entered, Entered), entered
        return entered

    async def refused(self, player: PlayerId, game: GameName = FOUR) -> str:
        answer = await asked(partial(self.quick.enter, player, game))
        assert isinstance(answer, Refused)
        return answer.code

    def room(self, entered: Entered) -> Room:
        room = self.house.directory.find(entered.room_id)
        assert isinstance(room, Room), room
        return room

    def connect(self, entered: Entered, player: PlayerId) -> SocketId:
        room = self.room(entered)
        self._sockets += 1
        socket = SocketId(f"socket-{self._sockets}")
        room.presence.attach(socket, player, room.seat_of(player), "websocket")
        return socket

    async def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.house.pass_time(1)
            self.quick.tick()
        await self.house.quiet()


async def test_the_second_player_sits_down_with_the_first() -> None:
    lounge = Lounge()
    first = await lounge.enter(ANN)
    assert (first.status, first.bots_at_ms) == ("waiting", lounge.clock.now_us() // 1000 + BOTS_MS)
    lounge.connect(first, ANN)
    await lounge.pass_time(3)
    second = await lounge.enter(BEN)
    assert (second.room_id, second.status, second.bots_at_ms) == (first.room_id, "matched", None)
    room = lounge.room(second)
    assert (room.status, room.players, room.is_quick) == (Status.PLAYING, (ANN, BEN), True)
    assert sorted(lounge.ended) == [(ANN, Waited.MATCHED, 3_000), (BEN, Waited.MATCHED, 0)]
    assert lounge.quick.waiting == 0


async def test_who_comes_at_once_waits_for_the_room_that_is_being_made() -> None:
    lounge = Lounge()
    answers: list[Entered | Refused] = []
    for player in (ANN, BEN, EVE):
        lounge.quick.enter(player, FOUR, answers.append)
    await lounge.house.quiet()
    by_room = [each.room_id for each in answers if isinstance(each, Entered)]
    assert [lounge.room(each).players for each in answers if isinstance(each, Entered)] == [
        (ANN, BEN),
        (ANN, BEN),
        (EVE, None),
    ]
    assert len(set(by_room)) == 2
    assert len(lounge.house.directory.all()) == 2


async def test_asking_again_is_the_same_seat() -> None:
    lounge = Lounge()
    first, again = await lounge.enter(ANN), await lounge.enter(ANN)
    assert again == first
    both: list[Entered | Refused] = []
    for _ in range(2):
        lounge.quick.enter(BEN, FOUR, both.append)
    await lounge.house.quiet()
    assert [each.room_id for each in both if isinstance(each, Entered)] == [first.room_id] * 2
    assert len(lounge.house.directory.all()) == 1


async def test_bots_come_when_nobody_else_does() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    lounge.connect(entered, ANN)
    await lounge.pass_time(BOTS_MS // 1000 - 1)
    assert lounge.room(entered).status is Status.WAITING
    await lounge.pass_time(2)
    room = lounge.room(entered)
    assert room.status is Status.PLAYING
    bot = room.players[1]
    assert bot is not None
    assert is_house_bot(bot)
    ((player, how, waited_ms),) = lounge.ended
    assert (player, how) == (ANN, Waited.BOTS)
    assert BOTS_MS <= waited_ms <= BOTS_MS + 1_000


async def test_whoever_cancels_leaves_no_room_behind() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    assert lounge.quick.cancel(ANN) == entered.room_id
    assert lounge.quick.cancel(ANN) is None
    await lounge.pass_time(1)
    assert lounge.house.directory.all() == []
    assert [(who, how) for who, how, _ in lounge.ended] == [(ANN, Waited.CANCELLED)]
    again = await lounge.enter(BEN)
    assert again.room_id != entered.room_id


async def test_a_match_that_begins_this_moment_is_not_given_up() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    lounge.quick.enter(BEN, FOUR, lambda answer: None)  # accepted, and not stored yet
    assert lounge.quick.cancel(ANN) is None
    await lounge.house.quiet()
    assert lounge.room(entered).status is Status.PLAYING
    assert {how for _, how, _ in lounge.ended} == {Waited.MATCHED}


async def test_leaving_the_room_is_cancelling() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    await leave(lounge.room(entered), ANN)
    await lounge.pass_time(1)
    assert [(who, how) for who, how, _ in lounge.ended] == [(ANN, Waited.CANCELLED)]
    assert lounge.house.directory.all() == []


async def test_whoever_is_gone_is_nobodys_opponent_and_loses_the_seat() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    socket = lounge.connect(entered, ANN)
    await lounge.pass_time(2)
    lounge.room(entered).presence.detach(socket)
    await lounge.pass_time(6)
    other = await lounge.enter(BEN)
    assert other.room_id != entered.room_id
    lounge.connect(other, BEN)
    lounge.connect(entered, ANN)  # back in time
    await lounge.pass_time(1)
    assert lounge.room(entered).players == (ANN, None)
    third = await lounge.enter(EVE)
    assert (third.room_id, third.status) == (entered.room_id, "matched")  # the oldest first


async def test_a_seat_is_kept_for_half_a_minute() -> None:
    lounge = Lounge(bots_ms=0)
    entered = await lounge.enter(ANN)
    assert entered.bots_at_ms is None
    await lounge.pass_time(29)
    assert lounge.room(entered).players == (ANN, None)
    await lounge.pass_time(4)
    assert lounge.house.directory.all() == []
    assert [(who, how) for who, how, _ in lounge.ended] == [(ANN, Waited.CANCELLED)]


async def test_a_restart_loses_nobodys_place() -> None:
    before = Lounge()
    entered = await before.enter(ANN)
    before.connect(entered, ANN)
    await before.pass_time(5)
    after = Lounge(before)
    assert after.quick.waiting == 1
    assert after.quick.bots_at_ms(entered.room_id) == entered.bots_at_ms
    again = await after.enter(ANN)
    assert (again.room_id, again.status) == (entered.room_id, "waiting")
    matched = await after.enter(BEN)
    assert (matched.room_id, matched.status) == (entered.room_id, "matched")
    assert (ANN, Waited.MATCHED, 5_000) in after.ended


async def test_bots_do_not_come_before_somebody_can_be_back() -> None:
    before = Lounge()
    entered = await before.enter(ANN)
    before.connect(entered, ANN)
    await before.pass_time(BOTS_MS // 1000 - 1)
    after = Lounge(before)
    await after.pass_time(3)
    assert after.room(entered).status is Status.WAITING
    after.connect(entered, ANN)
    await after.pass_time(4)
    assert after.room(entered).status is Status.PLAYING


async def test_somebody_from_the_lobby_is_a_match_too() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    await join(lounge.room(entered), BEN, JoinAs.PLAYER)
    assert [(who, how) for who, how, _ in lounge.ended] == [(ANN, Waited.MATCHED)]  # Ben did not wait


async def test_who_was_shown_out_gets_another_room() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    room = lounge.room(entered)
    seat = room.seat_of(ANN)
    assert seat is not None
    await asked(partial(room.kick, seat))
    await lounge.house.quiet()
    again = await lounge.enter(ANN)
    assert again.room_id != entered.room_id


async def test_who_cannot_queue() -> None:
    lounge = Lounge()
    assert await lounge.refused(ANN, GameName("chess")) == Code.UNKNOWN_GAME
    assert await lounge.refused(PlayerId("b_robot")) == Code.FORBIDDEN
    lounge.house.directory.drain()
    assert await lounge.refused(ANN) == Code.DRAINING


async def test_a_disk_that_fails_is_told_and_leaves_nothing_behind() -> None:
    lounge = Lounge()
    lounge.house.memory.fail_when(lambda append: CommitFailure.UNAVAILABLE)
    assert await lounge.refused(ANN) == Code.UNAVAILABLE
    lounge.house.memory.fail_when(lambda append: None)
    entered = await lounge.enter(ANN)
    assert (entered.status, lounge.quick.waiting) == ("waiting", 1)
    lounge.house.memory.fail_when(lambda append: CommitFailure.UNAVAILABLE)
    assert await lounge.refused(BEN) == Code.UNAVAILABLE
    lounge.house.memory.fail_when(lambda append: None)
    await lounge.pass_time(2)
    assert (await lounge.enter(BEN)).room_id == entered.room_id


async def test_a_crowd_is_refused_as_one_is() -> None:
    lounge = Lounge()
    answers: list[Entered | Refused] = []
    for number in range(600):  # while the first one's room is being made
        lounge.quick.enter(PlayerId(f"p_{number}"), FOUR, answers.append)
    lounge.house.directory.drain()
    await lounge.house.quiet()
    assert len(answers) == 600
    assert {each.code for each in answers if isinstance(each, Refused)} == {Code.DRAINING}


async def test_cancelled_before_there_is_a_seat() -> None:
    lounge = Lounge()
    answers: list[Entered | Refused] = []
    lounge.quick.enter(ANN, FOUR, answers.append)  # whose room is being made
    lounge.quick.enter(BEN, FOUR, answers.append)  # who would be her opponent
    assert (lounge.quick.is_asking(ANN), lounge.quick.is_asking(EVE)) == (True, False)
    assert [lounge.quick.cancel(player) for player in (ANN, BEN)] == [None, None]
    assert not lounge.quick.is_asking(ANN)
    await lounge.house.quiet()
    assert len(answers) == 2
    await lounge.pass_time(1)
    assert (lounge.quick.waiting, lounge.house.directory.all()) == (0, [])
    assert (await lounge.enter(ANN)).status == "waiting"  # asked anew


async def test_the_last_game_that_was_asked_for_counts() -> None:
    lounge = Lounge()
    answers: list[Entered | Refused] = []
    lounge.quick.enter(ANN, FOUR, answers.append)
    lounge.quick.enter(ANN, DICE, answers.append)
    await lounge.pass_time(1)
    (room,) = lounge.house.directory.all()
    assert (room.game_name, room.players[0], lounge.quick.waiting) == (DICE, ANN, 1)
    lounge.quick.cancel(ANN)
    for game in (FOUR, DICE, FOUR):
        lounge.quick.enter(BEN, game, answers.append)
    await lounge.pass_time(1)
    assert [held.game_name for held in lounge.house.directory.all()] == [FOUR]


async def test_a_room_that_fails_was_no_match() -> None:
    lounge = Lounge()
    entered = await lounge.enter(ANN)
    room = lounge.room(entered)
    room.guarded(fail)
    assert [(who, how) for who, how, _ in lounge.ended] == [(ANN, Waited.CANCELLED)]
    assert lounge.house.directory.release(room.room_id) is room
    assert (await lounge.enter(BEN)).room_id == entered.room_id, "it waits again"


def fail() -> None:
    raise RuleFault("on purpose")

"""A match taken up again: at a move that counts, of a match that is over, where nothing stays hidden."""

from functools import partial
from typing import Any

from kibitz.codes import Code
from kibitz.ids import RoomId, Version
from kibitz.journal.records import NewRoom
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.forks import ForkWishes, fork_point
from kibitz.rooms.fold.state import ForkOrigin, ForkPoint
from kibitz.rooms.room import Room
from kibitz.rules import Referee
from support.picks_room import picked, picking, picks_house, rewind
from support.room_house import ANN, BEN, EVE, House, act, join
from support.room_house import asked as answered
from support.tally_room import WIN_FOR_ANN, code_of, sent, tally_house


def asked(house: House, room: Room, version: int) -> ForkPoint | Code:
    record: NewRoom | None = house.journal.find_room(room.room_id)
    assert record is not None
    referee = Referee(house.games[record.game])
    fold = Fold(referee, referee.options(record.options), record.seats)
    return fork_point(record, house.journal.read_room(room.key), fold, Version(version))


async def test_any_move_of_a_finished_match() -> None:
    house = House()
    room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
    await house.drops(room, WIN_FOR_ANN)
    for version in range(4, 11):
        point = asked(house, room, version)
        assert isinstance(point, ForkPoint)
        assert point.from_ == ForkOrigin(room.room_id, Version(version))
        assert point.clock is not None
    for version in (0, 1, 2, 3, 11, 12):
        assert asked(house, room, version) is Code.WRONG_PHASE


async def test_not_while_it_is_on() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "01")
    assert asked(house, room, 5) is Code.WRONG_PHASE


async def test_not_what_was_taken_back() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "23")
    await rewind(room, 4)
    await house.drops(room, WIN_FOR_ANN)
    assert asked(house, room, 6) is Code.WRONG_PHASE
    assert isinstance(asked(house, room, 7), ForkPoint)


async def test_not_a_new_epoch_among_what_was_taken_back() -> None:
    house = House()
    room = await house.playing()
    await house.drop(room, ANN, 2)
    room.reopen("restore")
    await house.quiet()
    await rewind(room, 4)
    await house.drops(room, WIN_FOR_ANN)
    assert asked(house, room, 6) is Code.WRONG_PHASE
    assert isinstance(asked(house, room, 7), ForkPoint)


async def test_not_where_seats_hide_something_for_good() -> None:
    house = tally_house()
    room = await house.playing(game="tally", options=b"{}")
    for number in range(4):
        await act(room, ANN, sent(room, "add", {"n": 3}, f"add-{number:014}"))
    assert room.status.value == "finished"
    assert asked(house, room, 4) is Code.FORBIDDEN


class TestRooms:
    """Forks as rooms of their own."""

    async def fork(self, house: House, room: Room, version: int, **wishes: Any) -> Room | Refused:
        wanted = ForkWishes(**{"host": EVE, **wishes})
        return await answered(partial(house.directory.fork, room.room_id, Version(version), wanted))

    async def finished(self, house: House) -> Room:
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        for number, column in enumerate(WIN_FOR_ANN):
            await house.pass_time(2)
            await house.drop(room, (ANN, BEN)[number % 2], int(column))
        return room

    async def test_it_begins_when_its_seats_are_taken(self) -> None:
        house = House()
        room = await self.finished(house)
        fork = await self.fork(house, room, 7)
        assert isinstance(fork, Room)
        assert (fork.status.value, fork.host, fork.room_id != room.room_id) == ("waiting", EVE, True)
        await join(fork, EVE)
        await join(fork, BEN)
        view: Any = fork.view(None).value
        assert (fork.match, view["turn"], view["phase"]) == (1, 1, "playing")
        assert sum(cell is not None for row in view["board"] for cell in row) == 3
        assert view["clock"] == {"remaining_ms": [56_000, 58_000], "running": 1}
        assert isinstance(await house.drop(fork, BEN, 1), Accepted)

    async def test_it_needs_nothing_of_the_room_that_it_came_from(self) -> None:
        house = House()
        room = await self.finished(house)
        fork = await self.fork(house, room, 7)
        assert isinstance(fork, Room)
        later = house.restarted()
        again = later.directory.find(fork.room_id)
        assert isinstance(again, Room)
        await join(again, EVE)
        await join(again, BEN)
        record = house.journal.find_room(fork.room_id)
        assert record is not None
        referee = Referee(house.games[record.game])
        state = Fold(referee, referee.options(record.options), 2).all(house.journal.read_room(record.key))
        assert state.state is not None
        assert state.fork is None
        assert again.view(None).value["turn"] == 1
        started = house.journal.read_room(record.key)[-1]
        assert f'"from":{{"room":"{room.room_id}","version":7}}' in started.args

    async def test_bots_and_privacy(self) -> None:
        house = House()
        room = await self.finished(house)
        fork = await self.fork(house, room, 6, bots=1, is_private=True)
        assert isinstance(fork, Room)
        assert fork.is_private
        await join(fork, EVE)
        assert fork.status.value == "playing"

    async def test_a_chance_of_its_own(self) -> None:
        house = picks_house()
        room = await picking(house)
        for _ in range(3):
            await picked(room, "ann", "ben")
        fork = await self.fork(house, room, 6)
        assert isinstance(fork, Room)
        for player in (ANN, BEN):
            await join(fork, player)
        of_room: Any = room.view(None).value
        of_fork: Any = fork.view(None).value
        assert of_fork["rolled"] == of_room["rolled"][:1]
        assert of_fork["chance"]["commitment"] != of_room["chance"]["commitment"]
        assert of_fork["chance"]["earlier"] == [{"commitment": of_room["chance"]["commitment"], "seed": None}]

    async def test_refusals(self) -> None:
        house = House()
        room = await house.playing()
        for version, code in ((4, "wrong_phase"), (99, "wrong_phase")):
            assert code_of(await self.fork(house, room, version)) == code
        room.room_id = RoomId("nowhere")
        assert code_of(await self.fork(house, room, 4)) == "unknown_room"

"""A match taken up again: at a move that counts, of a match that is over, where nothing stays hidden."""

from kibitz.codes import Code
from kibitz.ids import Version
from kibitz.journal.records import NewRoom
from kibitz.rooms.fold import Fold
from kibitz.rooms.forks import fork_point
from kibitz.rooms.room import Room
from kibitz.rooms.state import ForkOrigin, ForkPoint
from kibitz.rules import Referee
from support.picks_room import rewind
from support.room_house import ANN, House, act
from support.tally_room import WIN_FOR_ANN, sent, tally_house


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


async def test_not_where_seats_hide_something_for_good() -> None:
    house = tally_house()
    room = await house.playing(game="tally", options=b"{}")
    for number in range(4):
        await act(room, ANN, sent(room, "add", {"n": 3}, f"add-{number:014}"))
    assert room.status.value == "finished"
    assert asked(house, room, 4) is Code.FORBIDDEN

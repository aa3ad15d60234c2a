"""The open rooms of a player, whatever led there."""

from functools import partial

from kibitz.rooms.directory.seatings import Seatings
from support.room_house import ANN, BEN, EVE, House, asked, join, leave


async def test_it_follows_who_sits_down_who_leaves_and_what_closes() -> None:
    seatings = Seatings()
    house = House(also=(seatings,))
    first, second = await house.playing(), await house.create()
    await join(second, ANN)
    await house.quiet()
    assert seatings.rooms_of(ANN) == [first.room_id, second.room_id]
    assert seatings.rooms_of(BEN) == [first.room_id]
    await leave(first, BEN)
    await join(first, EVE)
    await house.quiet()
    assert seatings.rooms_of(BEN) == []
    assert seatings.rooms_of(EVE) == [first.room_id]
    await asked(partial(first.close, "admin"))
    await house.quiet()
    assert seatings.rooms_of(ANN) == [second.room_id]
    assert seatings.rooms_of(EVE) == []


async def test_it_begins_with_what_a_start_finds() -> None:
    before = House()
    room = await before.playing()
    seatings = Seatings()
    house = before.restarted(also=(seatings,))
    seatings.begin(house.directory.all())
    assert seatings.rooms_of(ANN) == [room.room_id]
    assert house.directory.loaded == 0


async def test_a_spectator_sits_nowhere() -> None:
    seatings = Seatings()
    house = House(also=(seatings,))
    room = await house.playing()
    await join(room, EVE)
    await house.quiet()
    assert seatings.rooms_of(EVE) == []

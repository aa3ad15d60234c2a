"""Who takes part, and as what: the corners that no room's ordinary day has."""

from kibitz.ids import Seat
from kibitz.rooms.answers import JoinAs, Seated
from support.picks_room import kick, pause
from support.room_house import ANN, BEN, EVE, House, join
from support.tally_room import code_of


async def test_a_paused_room_keeps_its_players_and_takes_no_others() -> None:
    house = House()
    room = await house.playing()
    await pause(room)
    again = await join(room, ANN)
    assert isinstance(again, Seated)
    assert again.seat == Seat(0)
    assert again.catch_up.status == "paused"
    assert code_of(await join(room, EVE, JoinAs.PLAYER)) == "room_full"


async def test_who_was_kicked_may_watch() -> None:
    house = House()
    room = await house.create()
    await join(room, BEN)
    await kick(room, 0)
    seated = await join(room, BEN, JoinAs.SPECTATOR)
    assert isinstance(seated, Seated)
    assert seated.seat is None
    assert code_of(await join(room, BEN, JoinAs.PLAYER, 1)) == "forbidden"

"""Who takes part, and as what: the corners that no room's ordinary day has."""

from kibitz.ids import Seat
from kibitz.rooms.answers import JoinAs, Seated
from kibitz.rooms.views.views import Held
from support.picks_room import kick, pause
from support.room_house import ANN, BEN, EVE, House, join
from support.tally_room import code_of, tally_house


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


async def test_what_is_held_counts_only_with_a_checksum() -> None:
    house = tally_house()
    room = await house.playing(game="tally", options=b"{}")
    watching = room.catch_up(None, None)
    seated = await join(room, ANN, held=Held(room.epoch, room.version))
    assert isinstance(seated, Seated)
    assert seated.catch_up.mode == "snapshot", "it may be what a spectator saw"
    for player, mode in ((EVE, "current"), (ANN, "snapshot")):
        seated = await join(room, player, held=Held(room.epoch, room.version, watching.checksum))
        assert isinstance(seated, Seated)
        assert seated.catch_up.mode == mode

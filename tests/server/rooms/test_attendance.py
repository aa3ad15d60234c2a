"""How long a room waits for anybody, by what goes on in it."""

from kibitz.ids import Seat, SocketId
from kibitz.rooms.attendance import patience_ms
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ANN, House, join

CONFIG = RoomsConfig(
    pause_limit_ms=0, waiting_unjoined_ms=60_000, finished_unjoined_ms=30_000, playing_unjoined_ms=90_000
)


def test_a_match_that_is_on_is_waited_for_longest() -> None:
    waits = {status.value: patience_ms(status, CONFIG) for status in Status if status is not Status.CLOSED}
    assert waits == {
        "waiting": 60_000,
        "playing": 90_000,
        "paused": 90_000,
        "finished": 30_000,
        "faulted": 90_000,
    }


async def test_who_comes_back_in_time_keeps_the_room_open() -> None:
    house = House(config=CONFIG)
    room = await house.create()
    await join(room, ANN)
    socket = SocketId("s")
    await house.pass_time(59)
    room.presence.attach(socket, ANN, Seat(0), "websocket")
    await house.pass_time(600)
    assert room.status is Status.WAITING
    room.presence.detach(socket)
    await house.pass_time(85)  # its player is expected back for half a minute
    assert room.status is Status.WAITING
    await house.pass_time(10)
    kinds = [row.kind.value for row in house.journal.read_room(room.key)]
    assert kinds == ["created", "joined", "closed"]

"""The history of a room as its rows tell it, held to what the fold says."""

from kibitz.games.connect_four import ConnectFour
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.transitions import timestamp, transitions
from kibitz.rules import Referee
from support.picks_room import pause, resume, rewind
from support.room_house import ANN, BEN, EVE, House, join, leave, rematch


async def test_it_tells_what_the_fold_tells() -> None:
    house = House()
    room = await house.playing(options=b'{"clock_ms":60000}')
    await house.drops(room, "01")
    await pause(room, "x")
    await rewind(room, 5)
    await resume(room)
    await house.drop(room, BEN, 1)
    await leave(room, BEN)
    await join(room, EVE)
    await rematch(room, ANN)
    room.reopen("restore")
    await house.pass_time(61)
    room.close("admin")
    await house.quiet()
    record = house.journal.find_room(room.room_id)
    assert record is not None
    referee = Referee(ConnectFour())
    fold = Fold(referee, referee.options(record.options), 2)
    events = house.journal.read_room(room.key)
    told = list(transitions(events))
    folded = list(fold.steps(events))
    assert len(told) == len(events) > 15
    for each, (before, event, after) in zip(told, folded, strict=True):
        assert (each.version, each.trigger, each.seat) == (event.version, event.kind.value, event.seat)
        assert each.status_from == (None if before is None else before.status.value)
        assert each.status_to == after.status.value
        assert each.from_ == (None if before is None else before.phase())


async def test_a_move_that_ends_the_match() -> None:
    house = House()
    room = await house.playing()
    await house.drops(room, "0101010")
    *_, last = transitions(house.journal.read_room(room.key))
    assert (last.status_from, last.status_to, last.from_, last.to) == (
        "playing",
        "finished",
        "playing",
        "finished",
    )


def test_timestamps_keep_their_microseconds() -> None:
    assert timestamp(1_800_000_000_000_001) == "2027-01-15T08:00:00.000001Z"

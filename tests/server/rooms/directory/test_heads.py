"""A head says of a room what the room would say, whatever was done to it."""

from functools import partial

import pytest

from kibitz.ids import Seat, Version
from kibitz.rooms.directory.heads import Head
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from support.room_house import ANN, BEN, House, asked, leave, rematch

AFTER_THE_START = Version(4)


async def done(house: House, room: Room, step: str) -> None:
    match step:
        case "pause":
            await asked(partial(room.pause, "tea"))
        case "resume":
            await asked(room.resume)
        case "rewind":
            await asked(partial(room.rewind, AFTER_THE_START))
        case "win":
            await house.drops(room, "0101010")
        case "leave":
            await leave(room, BEN)
        case "kick":
            await asked(partial(room.kick, Seat(0)))
        case "rematch":
            await rematch(room, ANN)
            await rematch(room, BEN)
        case "reopen":
            room.reopen("restore")
    await house.quiet()


@pytest.mark.parametrize(
    ("story", "status"),
    [
        ("", Status.PLAYING),
        ("pause", Status.PAUSED),
        ("pause rewind", Status.PAUSED),
        ("pause reopen", Status.PAUSED),
        ("pause resume", Status.PLAYING),
        ("win", Status.FINISHED),
        ("win reopen", Status.FINISHED),
        ("win rewind", Status.PLAYING),
        ("win rematch", Status.PLAYING),
        ("win rematch rewind", Status.PLAYING),
        ("win leave", Status.FINISHED),
        ("leave", Status.FINISHED),
        ("pause kick", Status.FINISHED),
        ("reopen", Status.PLAYING),
    ],
)
async def test_a_head_stands_where_its_room_stands(story: str, status: Status) -> None:
    house = House()
    room = await house.playing()
    for step in story.split():
        await done(house, room, step)
    later = House(house.journal, clock=house.clock)
    later.directory.recover()
    (head,) = later.directory.all()
    assert isinstance(head, Head)
    assert (head.status, room.status) == (status, status)
    for name in ("epoch", "version", "match", "players", "last_event_us", "options"):
        assert getattr(head, name) == getattr(room, name), name
    read = later.directory.find(room.room_id)
    assert isinstance(read, Room)
    assert (read.status, read.epoch) == (room.status, room.epoch)

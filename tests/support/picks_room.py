"""Rooms of the toy game Picks, and an admin's hand on rooms."""

from functools import partial
from typing import Any

import msgspec

from kibitz.ids import GameName, Seat, Version
from kibitz.rooms.answers import Accepted, Left, Refused
from kibitz.rooms.room import Room
from support.room_house import ANN, BEN, House, Sent, act, asked
from support.timed_games import Picks, picks_options

PICKS = GameName("picks")


def picks_house(**how: Any) -> House:
    return House(games={PICKS: Picks()}, **how)


async def picking(house: House, rule: str = "move") -> Room:
    """A room in which Ann and Ben are both to pick."""
    return await house.playing(game=PICKS, options=picks_options(rule))


async def pick(room: Room, player: str, n: int, number: int, *, epoch: str | None = None) -> Any:
    args = msgspec.Raw(msgspec.json.encode({"n": n}))
    sent = Sent(epoch or room.epoch, f"pick-{number:012}", room.version, "pick", args)
    return await act(room, ANN if player == "ann" else BEN, sent)


async def picked(room: Room, *players: str) -> None:
    for player in players:
        answer = await pick(room, player, 1, room.version)
        assert isinstance(answer, Accepted), answer


async def pause(room: Room, reason: str = "") -> Left | Refused:
    return await asked(partial(room.pause, reason))


async def resume(room: Room) -> Left | Refused:
    return await asked(room.resume)


async def rewind(room: Room, to_version: int) -> Left | Refused:
    return await asked(partial(room.rewind, Version(to_version)))


async def kick(room: Room, seat: int) -> Left | Refused:
    return await asked(partial(room.kick, Seat(seat)))

"""Rooms of the toy game Tally, and the words in which tests of rooms look at them."""

from typing import Any

import msgspec

from kibitz.ids import GameName
from kibitz.rooms.answers import Refused
from kibitz.rooms.room import Room
from support.room_house import House, Sent
from support.toy_games import Tally

WIN_FOR_ANN = "0101010"
TALLY = GameName("tally")


def tally_house(**how: Any) -> House:
    return House(games={TALLY: Tally()}, **how)


def sent(room: Room, action: str, args: dict[str, Any], action_id: str, base: int | None = None) -> Sent:
    base = room.version if base is None else base
    return Sent(room.epoch, action_id, base, action, msgspec.Raw(msgspec.json.encode(args)))


def kinds(house: House, room: Room) -> list[str]:
    return [event.kind.value for event in house.journal.read_room(room.key)]


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code

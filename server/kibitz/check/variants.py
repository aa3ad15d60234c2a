"""Other options than the defaults: each field at the ends of its range, or at another of few values."""

import json
from random import Random
from typing import Any

import msgspec
from msgspec import inspect as types

from kibitz.rules import Game

CHANGED = 0.5
"""Of the fields in a room that is not played by the defaults."""
FEW = 8


def drawn(game: Game[Any], rng: Random) -> str:
    """JSON text that the game's options decode from."""
    chosen: dict[str, Any] = {}
    for field in msgspec.structs.fields(game.options):
        values = _values(types.type_info(field.type))
        if values and rng.random() < CHANGED:
            chosen[field.encode_name] = rng.choice(values)
    text = json.dumps(chosen, sort_keys=True)
    try:
        msgspec.json.decode(text, type=game.options)
    except msgspec.ValidationError:
        return "{}"  # the author excludes it
    return text


def _values(found: types.Type) -> list[Any]:
    match found:
        case types.BoolType():
            return [False, True]
        case types.NoneType():
            return [None]
        case types.IntType(gt=gt, ge=ge, lt=lt, le=le):
            low = ge if ge is not None else None if gt is None else gt + 1
            high = le if le is not None else None if lt is None else lt - 1
            if low is not None and high is not None and high - low < FEW:
                return list(range(int(low), int(high) + 1))
            return [int(end) for end in (low, high) if end is not None]
        case types.LiteralType(values=values):
            return sorted(values, key=lambda value: (str(type(value)), value))
        case types.EnumType(cls=cls):
            return [member.value for member in cls]
        case types.UnionType(types=inner):
            return [value for part in inner for value in _values(part)]
        case types.Metadata(type=inner_type):
            return _values(inner_type)
        case _:
            return []

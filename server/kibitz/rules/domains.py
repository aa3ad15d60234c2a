"""Every value that a payload can have, where they can be listed."""

from itertools import product
from typing import Any

import msgspec
from msgspec import inspect as types

VALUES_MOST = 4096


def domain(payload: type[msgspec.Struct]) -> list[Any] | None:
    """All values of `payload` in a fixed order, the first field slowest; None where a field has no
    bounds, or where there are more than 4096. What a client could not send is not among them."""
    names: list[str] = []
    columns: list[list[Any]] = []
    count = 1
    for field in msgspec.structs.fields(payload):
        values = _values(types.type_info(field.type))
        if values is None:
            return None
        names.append(field.name)
        columns.append(values)
        count *= len(values)
        if count > VALUES_MOST:
            return None
    rows = (_payload(payload, dict(zip(names, row, strict=True))) for row in product(*columns))
    return [value for value in rows if value is not None]


def _payload(payload: type[msgspec.Struct], fields: dict[str, Any]) -> Any:
    try:
        value = payload(**fields)
        msgspec.convert(msgspec.to_builtins(value), payload)
    except (ValueError, TypeError):  # `multiple_of`, or the author's own __post_init__
        return None
    return value


def _values(found: types.Type) -> list[Any] | None:
    match found:
        case types.IntType(gt=gt, ge=ge, lt=lt, le=le):
            low = ge if ge is not None else None if gt is None else gt + 1
            high = le if le is not None else None if lt is None else lt - 1
            if low is None or high is None or high - low >= VALUES_MOST:
                return None
            return list(range(int(low), int(high) + 1))
        case types.BoolType():
            return [False, True]
        case types.NoneType():
            return [None]
        case types.LiteralType(values=values):
            return sorted(values, key=lambda value: (str(type(value)), value))
        case types.EnumType(cls=cls):
            return list(cls)
        case types.UnionType(types=inner):
            parts = [_values(part) for part in inner]
            return None if None in parts else [value for part in parts if part for value in part]
        case types.Metadata(type=inner_type):
            return _values(inner_type)
        case _:
            return None

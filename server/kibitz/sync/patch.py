"""Patches between views: RFC 6902, of which add, remove and replace are used.

`diff` walks both values side by side. Lists are compared place by place, as boards want it; a list
whose length changed grows or shrinks at its end. Where a patch of a list or object would be about as
long as itself, it is replaced.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import ne
from typing import Any, Literal, Protocol, TypeAlias, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from kibitz.sync.canonical import Value, escape, unescape

# Keys in order: the same object may have been built up in another one.
_encode = msgspec.json.Encoder(order="sorted").encode
_encode_unsorted = msgspec.json.Encoder().encode

_OP_BYTES = 48
"""About what an operation costs beside its value."""
_SMALL_KEYS = 4
_LISTS = (list, tuple)
_CONTAINERS = (dict, list, tuple)
_Differ: TypeAlias = Callable[[Any, Any], bool]


class Op(Struct, frozen=True, omit_defaults=True, gc=False):
    """One change. `path` is a JSON pointer (RFC 6901); `value` is unset with `remove` only."""

    op: Literal["add", "remove", "replace"]
    path: str
    value: Value | UnsetType = UNSET


class OpLike(Protocol):
    """An operation as some message type holds it."""

    @property
    def op(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def value(self) -> Value | UnsetType: ...


class PatchError(ValueError):
    """A patch that does not fit the value. `index` is that of the operation."""

    def __init__(self, index: int, path: str, problem: str) -> None:
        super().__init__(f"operation {index} at {path!r}: {problem}")
        self.index = index
        self.path = path
        self.problem = problem


def diff(old: Value, new: Value, *, is_plain: bool = False) -> list[Op]:
    """The operations that lead from `old` to `new`. Tuples count as lists.

    To Python True equals 1, to JSON it does not, so what Python calls equal is compared as JSON too; a
    caller who knows that both values are plain (`canonical.is_plain`) says so and saves that; then a small
    object may be replaced by itself where a tuple became a list. The operations hold parts of `new`, not
    copies; what is the same object in both is taken as unchanged.
    """
    ops: list[Op] = []
    differ = ne if is_plain else _differ_as_json
    if isinstance(new, dict) and isinstance(old, dict):
        _diff_objects(old, new, "", ops, differ)
    elif differ(old, new):
        _diff(old, new, "", ops, differ)
    return ops


def _differ_as_json(old: Value, new: Value) -> bool:
    return old != new or _encode(old) != _encode(new)


def _diff(old: Value, new: Value, path: str, ops: list[Op], differ: _Differ) -> None:
    """Two values that differ. What is equal below them is passed over without a call of its own: a
    server does this at every move, and nearly everything is equal."""
    if isinstance(new, dict) and isinstance(old, dict):
        # Most small objects change in several places at once, as clocks do.
        if len(new) <= _SMALL_KEYS and len(_encode_unsorted(new)) <= _OP_BYTES:
            # To Python a tuple is no list, so what differs may yet be the same.
            if differ is ne or _encode(old) != _encode(new):
                ops.append(Op("replace", path, new))
        else:
            _diff_objects(old, new, path, ops, differ)
    elif isinstance(new, _LISTS) and isinstance(old, _LISTS):
        _diff_lists(old, new, path, ops, differ)
    else:
        ops.append(Op("replace", path, new))


def _diff_objects(
    old: Mapping[str, Value], new: Mapping[str, Value], path: str, ops: list[Op], differ: _Differ
) -> None:
    if old.keys() != new.keys():
        ops.extend(Op("remove", path + _step(key)) for key in old if key not in new)
    for key, after in new.items():
        before = old.get(key, UNSET)
        if before is after:
            continue
        if before is UNSET:
            ops.append(Op("add", path + _step(key), after))
        elif differ(before, after):
            if isinstance(after, _CONTAINERS):
                _diff(before, after, path + _step(key), ops, differ)
            else:
                ops.append(Op("replace", path + _step(key), after))


def _diff_lists(
    old: Sequence[Value], new: Sequence[Value], path: str, ops: list[Op], differ: _Differ
) -> None:
    begin, old_length, new_length = len(ops), len(old), len(new)
    for index, after in enumerate(new if new_length <= old_length else new[:old_length]):
        before = old[index]
        if before is not after and differ(before, after):
            if isinstance(after, _CONTAINERS):
                _diff(before, after, f"{path}/{index}", ops, differ)
            else:
                ops.append(Op("replace", f"{path}/{index}", after))
    if old_length != new_length:
        ops.extend(Op("remove", f"{path}/{index}") for index in range(old_length - 1, new_length - 1, -1))
        ops.extend(Op("add", f"{path}/{index}", new[index]) for index in range(old_length, new_length))
    count = len(ops) - begin
    if count > 1 and count > new_length // 2:
        # The values go over the wire either way.
        del ops[begin:]
        ops.append(Op("replace", path, new))


@lru_cache(maxsize=4096)
def _step(key: str) -> str:
    return f"/{escape(key)}"


def apply(value: Value, ops: Sequence[OpLike]) -> Value:
    """`value` after all of `ops`. The given value is left as it was; unchanged parts are shared.

    Raises `PatchError` for an operation that does not fit.
    """
    for index, op in enumerate(ops):
        value = _apply(value, op, index)
    return value


def _apply(root: Value, op: OpLike, index: int) -> Value:
    if op.op not in ("add", "remove", "replace"):
        raise PatchError(index, op.path, f"unknown operation {op.op!r}")
    if op.op != "remove" and op.value is UNSET:
        raise PatchError(index, op.path, "has no value")
    if op.path == "":
        if op.op == "remove":
            raise PatchError(index, op.path, "the whole value cannot be removed")
        return cast("Value", op.value)
    if not op.path.startswith("/"):
        raise PatchError(index, op.path, "a path begins with '/'")
    return _changed(root, op.path[1:].split("/"), 0, op, index)


def _changed(node: Value, steps: list[str], at: int, op: OpLike, index: int) -> Value:
    """A copy of `node` with the change made below it, at `steps[at:]`."""
    last = at == len(steps) - 1
    if isinstance(node, dict):
        key = unescape(steps[at])
        if key not in node and not (last and op.op == "add"):
            raise PatchError(index, op.path, f"there is no key {key!r}")
        changed = dict(node)
        if not last:
            changed[key] = _changed(node[key], steps, at + 1, op, index)
        elif op.op == "remove":
            del changed[key]
        else:
            changed[key] = cast("Value", op.value)
        return changed
    if isinstance(node, list):
        place = _place(node, steps[at], op, index, may_append=last and op.op == "add")
        items = list(node)
        if not last:
            items[place] = _changed(node[place], steps, at + 1, op, index)
        elif op.op == "remove":
            del items[place]
        elif op.op == "add":
            items.insert(place, cast("Value", op.value))
        else:
            items[place] = cast("Value", op.value)
        return items
    raise PatchError(index, op.path, f"there is nothing below {'/'.join(['', *steps[:at]])!r}")


def _place(node: list[Value], step: str, op: OpLike, index: int, *, may_append: bool) -> int:
    if may_append and step == "-":
        return len(node)
    # RFC 6901: digits only, and no leading zero.
    if not (step.isascii() and step.isdigit()) or (len(step) > 1 and step[0] == "0"):
        raise PatchError(index, op.path, f"{step!r} is no index")
    place = int(step) if len(step) < 10 else len(node) + 1
    if place > len(node) or (place == len(node) and not may_append):
        raise PatchError(index, op.path, f"the list has no index {step}")
    return place

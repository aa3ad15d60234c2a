"""Canonical JSON: one value, one sequence of bytes, in Python and in JavaScript alike.

Compact, keys sorted by code point, UTF-8, no escapes beyond those that JSON demands. To keep the two
languages alike the values are few: null, booleans, integers within 2^53, strings without lone
surrogates, lists, and objects whose keys are ASCII. Tuples count as lists.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

Value: TypeAlias = bool | int | str | Sequence["Value"] | Mapping[str, "Value"] | None

INTEGER_MOST = 2**53

_encode = msgspec.json.Encoder(order="sorted").encode


class _FloatError(Exception):
    pass


def _no_float(literal: str) -> None:
    raise _FloatError(literal)


_decode = msgspec.json.Decoder(float_hook=_no_float).decode

# Sixteen digits in a row may be an integer beyond 2^53. They may also stand in a string, so finding
# them only means that the slow look is needed. (A regular expression costs ten times as much.)
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_SUSPECT = b"0" * 16


class CanonicalError(ValueError):
    """A value that canonical JSON does not have. `path` is a JSON pointer to it."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path or 'the whole value'}: {problem}")
        self.path = path
        self.problem = problem


def encode(value: Value) -> bytes:
    """The canonical bytes. Raises `CanonicalError` for any value that is not allowed.

    What the bytes decode to is the proof: an encoder that is more lenient than this module's promise
    writes something that does not decode to an equal value. Only then every value is looked at in
    turn, which costs more than the whole encoding.
    """
    encoded = encode_unchecked(value)
    try:
        copy: Value = _decode(encoded)
    except _FloatError as error:
        check(value)
        raise CanonicalError("", f"writes the float {error}") from error
    if copy != value or not encoded.isascii() or _SUSPECT in encoded.translate(_DIGITS_AS_ZERO):
        check(value)
    return encoded


def encode_unchecked(value: Value) -> bytes:
    """The same, for a caller who has seen to it that every value is allowed, or sees to it by `check`.

    Raises `CanonicalError` for some of the values that are not allowed, and encodes others.
    """
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        check(value)
        raise CanonicalError("", str(error)) from error


def is_plain(encoded: bytes) -> bool:
    """Whether values with such bytes are equal in Python exactly where they are equal in JSON.

    To Python True equals 1, and 1.0 too. False says nothing: a string may look like either.
    """
    return not (b"true" in encoded or b"false" in encoded or b"." in encoded)


def check(value: Value, path: str = "") -> None:
    """Raise `CanonicalError`, with the path, for the first value that is not allowed."""
    found = _problem(value)
    if found is not None:
        raise CanonicalError(path + found[0], found[1])


def _problem(value: Value) -> tuple[str, str] | None:
    """Where below `value`, and what. A path is made only where there is something to say of it."""
    kind = type(value)
    if value is None or kind is bool:
        return None
    if isinstance(value, int):
        return None if -INTEGER_MOST <= value <= INTEGER_MOST else ("", f"{value} is beyond 2^53")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return "", "holds half of a surrogate pair"
        return None
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                return "", f"the key {key!r} is not an ASCII string"
            if type(inner) is int and -INTEGER_MOST <= inner <= INTEGER_MOST:
                continue
            if inner is not None and (found := _problem(inner)) is not None:
                return f"/{escape(key)}{found[0]}", found[1]
        return None
    if isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            if inner is not None and (found := _problem(inner)) is not None:
                return f"/{index}{found[0]}", found[1]
        return None
    return "", f"{kind.__name__} is not a value of canonical JSON"


def escape(key: str) -> str:
    """`key` as one step of a JSON pointer (RFC 6901)."""
    if "~" in key or "/" in key:
        return key.replace("~", "~0").replace("/", "~1")
    return key


def unescape(step: str) -> str:
    """One step of a JSON pointer as the key that it names."""
    return step.replace("~1", "/").replace("~0", "~") if "~" in step else step

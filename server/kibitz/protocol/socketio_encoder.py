"""Socket.IO v5 packets as they go, in their JSON form, without the Engine.IO packet around them.

A packet is one text; `bytes` in its values become attachments, which follow it as binary messages.
"""

import json
import typing
from functools import lru_cache

import msgspec

from kibitz.protocol.errors import LocalProtocolError
from kibitz.protocol.socketio import RESERVED_EVENTS

ATTACHMENTS_SENT_MAX = 10
"""More is a parse error in the JavaScript client, so it is never sent."""
_MAY_HOLD_BINARY = (list, dict, tuple, bytes, bytearray, memoryview)
_PLAIN = frozenset((str, int, float, bool, type(None), msgspec.Raw))
_BINARY = (bytes, bytearray, memoryview)
_encode_json = msgspec.json.Encoder().encode
_may_hold: dict[type, bool] = {}
"""Types seen in arguments: whether values of them may hold binary data."""


def _prefix(namespace: str) -> bytes:
    return b"" if namespace == "/" else namespace.encode() + b","


def encode_connect(namespace: str, data: object = None) -> bytes:
    """A client's request, or a server's confirmation with its `sid`."""
    return b"0" + _prefix(namespace) + (b"" if data is None else encode_json(data))


def encode_connect_error(namespace: str, message: str, data: object = None) -> bytes:
    error: dict[str, object] = {"message": message}
    if data is not None:
        error["data"] = data
    return b"4" + _prefix(namespace) + encode_json(error)


def encode_disconnect(namespace: str) -> bytes:
    return b"1" + _prefix(namespace)


def encode_event(
    namespace: str, name: str, args: tuple[object, ...], packet_id: int | None = None
) -> tuple[bytes, tuple[bytes, ...]]:
    """The text and the attachments. `bytes` in `args`, also within lists and dicts and in fields of
    msgspec Structs that are declared as `bytes`, become attachments. Of other Structs, and of
    `msgspec.Raw`, nothing is taken out.

    Raises `LocalProtocolError` for a reserved name, over 10 attachments, and what JSON lacks.
    """
    if name in RESERVED_EVENTS:
        raise LocalProtocolError(f"the event name {name!r} is reserved")
    return _encode(b"2", b"5", namespace, packet_id, (name, *args))


def encode_ack(namespace: str, args: tuple[object, ...], packet_id: int) -> tuple[bytes, tuple[bytes, ...]]:
    """As `encode_event`, without a name."""
    return _encode(b"3", b"6", namespace, packet_id, args)


def encode_plain_ack(args: tuple[object, ...], packet_id: int) -> bytes | None:
    """What most acknowledgements are, Engine.IO packet and all: of the main namespace, and of values that
    hold no others. None if `args` are not of these. Raises `LocalProtocolError` as `encode_ack` does."""
    for value in args:
        if type(value) not in _PLAIN:
            return None
    try:
        return b"43%d%b" % (packet_id, _encode_json(args))
    except (UnicodeEncodeError, ValueError, TypeError, OverflowError):
        return b"43%d%b" % (packet_id, encode_json(args))


def encode_json_event(namespace: str, name: str, argument: bytes) -> bytes:
    """An event whose only argument is JSON text already; `name` is none that JSON would escape."""
    return _json_event_head(namespace, name) + argument + b"]"


@lru_cache(maxsize=256)
def _json_event_head(namespace: str, name: str) -> bytes:
    return b'2%b["%b",' % (_prefix(namespace), name.encode())


def encode_json_ack(namespace: str, argument: bytes, packet_id: int) -> bytes:
    """An acknowledgement whose only argument is JSON text already."""
    return b"3%b%d[%b]" % (_prefix(namespace), packet_id, argument)


def _encode(
    kind: bytes, binary_kind: bytes, namespace: str, packet_id: int | None, values: tuple[object, ...]
) -> tuple[bytes, tuple[bytes, ...]]:
    attachments: list[bytes] = []
    for value in values:
        if type(value) not in _PLAIN and _may_hold_binary(type(value)):
            values, attachments = _split(values)
            break
    body = encode_json(values)
    if packet_id is not None:
        body = b"%d%b" % (packet_id, body)
    if namespace != "/":
        body = _prefix(namespace) + body
    if not attachments:
        return kind + body, ()
    if len(attachments) > ATTACHMENTS_SENT_MAX:
        raise LocalProtocolError(f"{len(attachments)} attachments; clients take {ATTACHMENTS_SENT_MAX}")
    return b"%b%d-%b" % (binary_kind, len(attachments), body), tuple(attachments)


def _split(values: tuple[object, ...]) -> tuple[tuple[object, ...], list[bytes]]:
    """`values` with placeholders, and what they stand for."""
    attachments: list[bytes] = []
    try:
        if any(map(_holds_binary, values)):
            values = tuple([_take_out(value, attachments) for value in values])
    except RecursionError as error:
        raise LocalProtocolError("the arguments are nested too deeply") from error
    return values, attachments


def _may_hold_binary(kind: type) -> bool:
    known = _may_hold.get(kind)
    if known is None:
        known = _may_hold[kind] = issubclass(kind, _MAY_HOLD_BINARY) or _has_binary_field(kind)
    return known


def _has_binary_field(kind: type) -> bool:
    if not issubclass(kind, msgspec.Struct):
        return False
    return any(
        one in _BINARY
        for field in msgspec.structs.fields(kind)
        for one in (field.type, *typing.get_args(field.type))
    )


def _holds_binary(value: object) -> bool:
    if isinstance(value, _BINARY):
        return True
    if isinstance(value, dict):
        return any(_holds_binary(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds_binary(item) for item in value)
    return isinstance(value, msgspec.Struct) and _may_hold_binary(type(value))


def _take_out(value: object, attachments: list[bytes]) -> object:
    if isinstance(value, _BINARY):
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(value, dict):
        return {key: _take_out(item, attachments) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_take_out(item, attachments) for item in value]
    if isinstance(value, msgspec.Struct) and _may_hold_binary(type(value)):
        # Not `msgspec.structs.fields`, which reads the annotations anew and takes ten times as long.
        names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        return {
            encoded: _take_out(item, attachments)
            for name, encoded in names
            if (item := getattr(value, name)) is not msgspec.UNSET
        }
    return value


def encode_json(value: object) -> bytes:
    """Compact JSON; NaN and the infinities become null, lone surrogates are escaped, as in JavaScript.

    Raises `LocalProtocolError` for a value that JSON lacks.
    """
    try:
        return _encode_json(value)
    except UnicodeEncodeError:
        return _encode_surrogates(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LocalProtocolError(f"not JSON: {error}") from error


def _encode_surrogates(value: object) -> bytes:
    """msgspec writes UTF-8, which has no lone surrogates. Rare enough for the slow encoder."""
    try:
        return json.dumps(value, default=_plain, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise LocalProtocolError(f"not JSON: {error}") from error


def _plain(value: object) -> object:
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    raise TypeError(type(value).__name__)

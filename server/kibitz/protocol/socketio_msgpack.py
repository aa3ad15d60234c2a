"""Socket.IO packets of socket.io-msgpack-parser: each is one binary message, a map, in either direction.

The map has `type`, `nsp`, `data` and, for what is acknowledged, `id`; binary data is in its place, so
there are no attachments. Source: socketio/socket.io-msgpack-parser 3, notepack.io 2 and 3 (their extension
type 0 is `undefined` with one byte, and the bytes of an ArrayBuffer else; a Date, which has the same type
and eight bytes, comes as those).
"""

import typing

import msgspec

from kibitz.protocol.errors import DecodeError, LocalProtocolError
from kibitz.protocol.limits import SOCKETIO_LIMITS, Limits
from kibitz.protocol.socketio import (
    ACK_ID_MAX,
    RESERVED_EVENTS,
    Ack,
    Connect,
    ConnectError,
    Disconnect,
    Event,
    Packet,
    Shapes,
    event_name,
    typed_event,
)

_CONNECT, _DISCONNECT, _EVENT, _ACK, _CONNECT_ERROR = range(5)
_PLAIN = frozenset((str, int, float, bool, type(None), bytes))
_encode = msgspec.msgpack.Encoder().encode
_holds_raw: dict[type, bool] = {}
"""Struct types seen in arguments: whether they have a field of JSON text."""


def _extension(code: int, data: memoryview) -> object:
    if code != 0:
        raise ValueError("unknown extension type")
    content = bytes(data)
    return None if content == b"\0" else content


_decode = msgspec.msgpack.Decoder(ext_hook=_extension).decode


class MsgpackDecoder:
    """As `PacketDecoder`; every packet is whole."""

    __slots__ = ("_limits", "_shapes")

    pending_namespace = None

    def __init__(self, limits: Limits = SOCKETIO_LIMITS, shapes: Shapes | None = None) -> None:
        self._limits = limits
        self._shapes: Shapes = {} if shapes is None else shapes

    def feed_text(self, text: str) -> Packet | None:
        raise DecodeError("text to a server that speaks msgpack")

    def feed_binary(self, data: bytes) -> Packet | None:
        """The packet. Raises `DecodeError`."""
        try:
            packet = _decode(data)
        except (msgspec.DecodeError, RecursionError, ValueError, TypeError) as error:
            raise DecodeError("not msgpack") from error
        if not isinstance(packet, dict):
            raise DecodeError("packet is not a map")
        _check(packet, self._limits.json_depth_max + 1)
        namespace, payload = packet.get("nsp"), packet.get("data")
        if not isinstance(namespace, str) or not namespace.startswith("/"):
            raise DecodeError("no namespace")
        if len(namespace) > self._limits.namespace_chars_max:
            raise DecodeError("namespace too long")
        packet_id = packet.get("id")
        if packet_id is not None and (type(packet_id) is not int or not 0 <= packet_id <= ACK_ID_MAX):
            raise DecodeError("id is not a number of use")
        kind = packet.get("type")
        if type(kind) is not int:
            raise DecodeError("unknown packet type")
        match kind:
            case 2:
                return self._event(namespace, packet_id, _list(payload))
            case 3:
                if packet_id is None:
                    raise DecodeError("acknowledgement without id")
                return Ack(namespace, _list(payload), packet_id)
            case _ if packet_id is not None:
                raise DecodeError("id on a packet that has none")
            case 0:
                return Connect(namespace, {} if payload is None else _map(payload))
            case 1:
                if payload is not None:
                    raise DecodeError("disconnect packet with payload")
                return Disconnect(namespace)
            case 4:
                return ConnectError(namespace, _map(payload))
            case _:
                raise DecodeError("unknown packet type")

    def _event(self, namespace: str, packet_id: int | None, payload: list[object]) -> Packet:
        name = event_name(payload)
        shape = self._shapes.get(namespace, {}).get(name)
        if shape is None:
            return Event(namespace, name, payload[1:], packet_id)
        return typed_event(namespace, name, packet_id, payload, shape)


def encode_connect(namespace: str, data: object = None) -> bytes:
    return _packet(_CONNECT, namespace, data)


def encode_connect_error(namespace: str, message: str, data: object = None) -> bytes:
    error: dict[str, object] = {"message": message}
    if data is not None:
        error["data"] = data
    return _packet(_CONNECT_ERROR, namespace, error)


def encode_disconnect(namespace: str) -> bytes:
    return _packet(_DISCONNECT, namespace, None)


def encode_event(namespace: str, name: str, args: tuple[object, ...], packet_id: int | None = None) -> bytes:
    """`bytes` stay in their place; `msgspec.Raw` (JSON text) is decoded first.

    Raises `LocalProtocolError` for a reserved name and what msgpack lacks.
    """
    if name in RESERVED_EVENTS:
        raise LocalProtocolError(f"the event name {name!r} is reserved")
    return _packet(_EVENT, namespace, (name, *args), packet_id)


def encode_ack(namespace: str, args: tuple[object, ...], packet_id: int) -> bytes:
    return _packet(_ACK, namespace, args, packet_id)


def with_last(packet: bytes, argument: str) -> bytes:
    """An event of ours with one more argument at the end."""
    event = _decode(packet)
    event["data"].append(argument)
    return _encode(event)


def _packet(kind: int, namespace: str, data: object, packet_id: int | None = None) -> bytes:
    packet = {"type": kind, "nsp": namespace}
    if data is not None:
        packet["data"] = _plain(data)
    if packet_id is not None:
        packet["id"] = packet_id
    try:
        return _encode(packet)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LocalProtocolError(f"not msgpack: {error}") from error


def _plain(value: object) -> object:
    """`value` without JSON text in it."""
    if type(value) in _PLAIN:
        return value
    try:
        if isinstance(value, msgspec.Raw):
            return msgspec.json.decode(value)
        if isinstance(value, dict):
            return {key: _plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [_plain(item) for item in value]
    except RecursionError as error:
        raise LocalProtocolError("the arguments are nested too deeply") from error
    if isinstance(value, msgspec.Struct) and _has_raw(type(value)):
        return {
            field.encode_name: _plain(item)
            for field in msgspec.structs.fields(value)
            if (item := getattr(value, field.name)) is not msgspec.UNSET
        }
    return value


def _has_raw(kind: type[msgspec.Struct]) -> bool:
    known = _holds_raw.get(kind)
    if known is None:
        _holds_raw[kind] = False  # for a type that holds itself
        known = _holds_raw[kind] = any(
            one is msgspec.Raw
            or (isinstance(one, type) and issubclass(one, msgspec.Struct) and _has_raw(one))
            for field in msgspec.structs.fields(kind)
            for one in _parts(field.type)
        )
    return known


def _parts(declared: object) -> list[object]:
    """A declared type and everything that it is made of."""
    return [declared, *(part for inner in typing.get_args(declared) for part in _parts(inner))]


def _check(packet: object, depth_max: int) -> None:
    """No deeper than that, and with text for keys, as JavaScript's objects have: in msgpack a key may be
    anything, also nested without end. Without recursion. Raises `DecodeError`."""
    level = [packet]
    for _ in range(depth_max + 1):
        below: list[object] = []
        for value in level:
            if type(value) is list:
                below += value
            elif type(value) is dict:
                if not all(type(key) is str for key in value):
                    raise DecodeError("key that is no text")
                below += value.values()
        if not below:
            return
        level = below
    if any(type(value) in (list, dict) for value in level):
        raise DecodeError("payload nested too deeply")


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise DecodeError("payload is not an array")
    return value


def _map(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DecodeError("payload is not a map")
    return value

"""Socket.IO v5 packets as they come, in their JSON form, without the Engine.IO packet around them.

Source: socket.io-protocol v5, and what clients rely on beyond it (docs/protocol.md, Transport). A
packet with attachments is one text and then one binary message for each; `PacketDecoder` puts them
together. Whatever is no packet is a `DecodeError`, and the connection ends.
"""

import json
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from kibitz.protocol.depth import is_deeper
from kibitz.protocol.errors import DecodeError
from kibitz.protocol.limits import SOCKETIO_LIMITS, Limits

RESERVED_EVENTS = frozenset(
    ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener")
)
ACK_ID_MAX = 2**53 - 1
"""The largest that JavaScript counts to."""


class Connect(msgspec.Struct, frozen=True):
    """`data` is `{}` where the packet had none."""

    namespace: str
    data: dict[str, object]


class Disconnect(msgspec.Struct, frozen=True):
    namespace: str


class Event(msgspec.Struct, frozen=True, gc=False):
    """`id` asks for an acknowledgement. `args` are what follows the name."""

    namespace: str
    name: str
    args: list[object]
    id: int | None


class TypedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event whose single argument was decoded straight into the type registered for it."""

    namespace: str
    name: str
    message: object
    id: int | None


class InvalidEvent(msgspec.Struct, frozen=True):
    """Well-formed, but not of the type registered for the event; `error` says where it departs."""

    namespace: str
    name: str
    error: str
    id: int | None


class EmptyEvent(msgspec.Struct, frozen=True):
    """An event packet without payload: the reference server keeps such clients and does nothing."""

    namespace: str


class Ack(msgspec.Struct, frozen=True, gc=False):
    namespace: str
    args: list[object]
    id: int


class ConnectError(msgspec.Struct, frozen=True):
    """Sent by servers only."""

    namespace: str
    data: dict[str, object]


Packet = Connect | Disconnect | Event | TypedEvent | InvalidEvent | EmptyEvent | Ack | ConnectError

Shapes = Mapping[str, Mapping[str, "msgspec.json.Decoder[tuple[str, object]]"]]
"""For each namespace and event name, the decoder of the whole payload `["name", message]`."""

_decode_json = msgspec.json.Decoder().decode


class _Pending:
    """A packet whose attachments have not all come."""

    __slots__ = ("attachments", "bytes_left", "count", "id", "is_ack", "namespace", "payload")

    def __init__(
        self,
        namespace: str,
        payload: list[object],
        packet_id: int | None,
        count: int,
        bytes_left: int,
        *,
        is_ack: bool,
    ) -> None:
        self.namespace = namespace
        self.payload = payload
        self.id = packet_id
        self.count = count
        self.bytes_left = bytes_left
        self.is_ack = is_ack
        self.attachments: list[bytes] = []


class PacketDecoder:
    """The receiving half of one connection; after a `DecodeError` it is of no more use."""

    __slots__ = ("_limits", "_pending", "_shapes")

    def __init__(self, limits: Limits = SOCKETIO_LIMITS, shapes: Shapes | None = None) -> None:
        self._limits = limits
        self._shapes: Shapes = {} if shapes is None else shapes
        self._pending: _Pending | None = None

    @property
    def pending_namespace(self) -> str | None:
        """The namespace of the packet whose attachments are awaited, None if there is none."""
        return None if self._pending is None else self._pending.namespace

    def feed_text(self, text: str) -> Packet | None:
        """The packet, or None if attachments have to come first. Raises `DecodeError`."""
        if self._pending is not None:
            raise DecodeError("text between attachments")
        kind = text[:1]
        if kind == "2":
            # What nearly all packets are: an event of the main namespace, with a short id or none.
            start = text.find("[", 1, 12)
            digits = text[1:start]
            if start == 1 or (start > 0 and digits.isdecimal() and digits.isascii()):
                packet_id = int(digits) if digits else None
                payload = text[start:]
                depth_max = self._limits.json_depth_max
                # No text is deeper than it is long, nor than it has brackets.
                if not self._shapes.get("/") and (
                    len(payload) <= depth_max or payload.count("[") + payload.count("{") <= depth_max
                ):
                    try:
                        args = _decode_json(payload)
                        name = args[0]
                    except (msgspec.DecodeError, RecursionError, LookupError):
                        pass
                    else:
                        if type(name) is str and name not in RESERVED_EVENTS:
                            del args[0]
                            return Event("/", name, args, packet_id)
                return self._event("/", packet_id, payload)
            namespace, packet_id, payload = self._head(text, 1)
            return self._event(namespace, packet_id, payload)
        if kind == "5" or kind == "6":
            self._binary(text, is_ack=kind == "6")
            return None
        namespace, packet_id, payload = self._head(text, 1)
        match kind:
            case "3":
                if packet_id is None:
                    raise DecodeError("acknowledgement without id")
                return Ack(namespace, self._list(payload), packet_id)
            case _ if packet_id is not None:
                raise DecodeError("id on a packet that has none")
            case "0":
                return Connect(namespace, self._object(payload) if payload else {})
            case "1":
                if payload:
                    raise DecodeError("disconnect packet with payload")
                return Disconnect(namespace)
            case "4":
                return ConnectError(namespace, self._object(payload))
            case _:
                raise DecodeError("unknown packet type")

    def feed_binary(self, data: bytes) -> Packet | None:
        """The packet if this was its last attachment. Raises `DecodeError`."""
        pending = self._pending
        if pending is None:
            raise DecodeError("attachment without packet")
        pending.bytes_left -= len(data)
        if pending.bytes_left < 0:
            raise DecodeError("packet with attachments is too large")
        pending.attachments.append(data)
        if len(pending.attachments) < pending.count:
            return None
        self._pending = None
        args = [_fill(value, pending.attachments) for value in pending.payload]
        if pending.is_ack:
            if pending.id is None:
                raise DecodeError("acknowledgement without id")
            return Ack(pending.namespace, args, pending.id)
        name = event_name(args)
        shape = self._shapes.get(pending.namespace, {}).get(name)
        if shape is not None:
            return typed_event(pending.namespace, name, pending.id, args, shape)
        return Event(pending.namespace, name, args[1:], pending.id)

    # ------------------------------------------------------------ parts of a packet

    def _head(self, text: str, start: int) -> tuple[str, int | None, str]:
        """Namespace, id and payload text, from `start` on."""
        namespace = "/"
        if text.startswith("/", start):
            comma = text.find(",", start)
            end = comma if comma >= 0 else len(text)
            if end - start > self._limits.namespace_chars_max:
                raise DecodeError("namespace too long")
            namespace = text[start:end]
            start = end + 1
        end = start
        while "0" <= text[end : end + 1] <= "9":
            end += 1
            if end - start > 16:
                raise DecodeError("id too long")
        if end == start:
            return namespace, None, text[start:]
        packet_id = int(text[start:end])
        if packet_id > ACK_ID_MAX:
            raise DecodeError("id too large")
        return namespace, packet_id, text[end:]

    def _event(self, namespace: str, packet_id: int | None, payload: str) -> Packet:
        shapes = self._shapes.get(namespace)
        if shapes and payload.startswith('["'):
            # A name with an escape in it is not found here and takes the general way.
            name = payload[2 : payload.find('"', 2)]
            shape = shapes.get(name)
            if shape is not None:
                return self._typed(namespace, name, packet_id, payload, shape)
        if not payload:
            return EmptyEvent(namespace)
        args = self._json(payload)
        if not isinstance(args, list):
            raise DecodeError("payload is not an array")
        first = args.pop(0) if args else None
        if isinstance(first, str) and first not in RESERVED_EVENTS:
            return Event(namespace, first, args, packet_id)
        return Event(namespace, _unusual_name(first), args, packet_id)

    def _typed(
        self,
        namespace: str,
        name: str,
        packet_id: int | None,
        payload: str,
        shape: "msgspec.json.Decoder[tuple[str, object]]",
    ) -> Packet:
        try:
            if payload.count("[") + payload.count("{") > self._limits.json_depth_max:
                self._json(payload)
            message = shape.decode(payload)[1]
        except (msgspec.DecodeError, RecursionError) as error:
            self._list(payload)  # what is no JSON at all is worse than invalid
            return InvalidEvent(namespace, name, str(error), packet_id)
        return TypedEvent(namespace, name, message, packet_id)

    def _binary(self, text: str, *, is_ack: bool) -> None:
        dash = text.find("-", 1, 5)
        count = text[1:dash]
        if dash < 0 or not (count.isascii() and count.isdecimal()):
            raise DecodeError("no number of attachments")
        if not 1 <= int(count) <= self._limits.attachments_max:
            raise DecodeError("number of attachments out of range")
        namespace, packet_id, payload = self._head(text, dash + 1)
        values = self._list(payload)
        if is_ack:
            if packet_id is None:
                raise DecodeError("acknowledgement without id")
        else:
            event_name(values)
        left = self._limits.packet_bytes_max - len(text)
        self._pending = _Pending(namespace, values, packet_id, int(count), left, is_ack=is_ack)

    def _json(self, payload: str) -> object:
        try:
            value = _decode_json(payload)
        except (msgspec.DecodeError, RecursionError) as error:
            if "\\ud" not in payload.lower():
                raise DecodeError("payload is not JSON") from error
            value = _decode_surrogates(payload)
        # Only a text with that many brackets can be that deep; the count is far cheaper than the walk.
        depth_max = self._limits.json_depth_max
        if (
            len(payload) > depth_max
            and payload.count("[") + payload.count("{") > depth_max
            and is_deeper(value, depth_max)
        ):
            raise DecodeError("payload nested too deeply")
        return value

    def _list(self, payload: str) -> list[object]:
        value = self._json(payload)
        if not isinstance(value, list):
            raise DecodeError("payload is not an array")
        return value

    def _object(self, payload: str) -> dict[str, object]:
        value = self._json(payload)
        if not isinstance(value, dict):
            raise DecodeError("payload is not an object")
        return value


def typed_event(
    namespace: str,
    name: str,
    packet_id: int | None,
    payload: list[object],
    shape: "msgspec.json.Decoder[tuple[str, object]]",
) -> TypedEvent | InvalidEvent:
    """An event with binary data in it, of a type that is registered for its name."""
    try:
        message = msgspec.convert(payload, shape.type, builtin_types=(bytes,))[1]
    except (msgspec.ValidationError, RecursionError) as error:
        return InvalidEvent(namespace, name, str(error), packet_id)
    return TypedEvent(namespace, name, message, packet_id)


def _decode_surrogates(payload: str) -> object:
    """Half a surrogate pair is JSON, and JavaScript sends it; msgspec refuses it."""
    try:
        return json.loads(payload, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DecodeError("payload is not JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def event_name(args: list[object]) -> str:
    """The first of an event's values. Raises `DecodeError` if it is none, or a reserved one."""
    first = args[0] if args else None
    return first if isinstance(first, str) and first not in RESERVED_EVENTS else _unusual_name(first)


def _unusual_name(first: object) -> str:
    """Numbers are names too, as in the reference implementation."""
    if isinstance(first, str):
        raise DecodeError("reserved event name")
    if isinstance(first, (int, float)) and not isinstance(first, bool):
        return str(first)
    raise DecodeError("event without name")


def _fill(value: object, attachments: list[bytes]) -> object:
    """Put attachments in the place of their placeholders. The depth of `value` is limited already."""
    if isinstance(value, list):
        return [_fill(item, attachments) for item in value]
    if isinstance(value, dict):
        if value.get("_placeholder") is True:
            number = value.get("num")
            if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(attachments):
                raise DecodeError("placeholder of no attachment")
            return attachments[number]
        return {key: _fill(item, attachments) for key, item in value.items()}
    return value

"""WebSocket frames of a server (RFC 6455), without I/O: bytes in, messages out.

Fed bytes are looked at once: a frame that is not whole yet is collected in one growing buffer, so
that a peer which sends single bytes costs time in proportion to its bytes, not to their square. No
extension is ever negotiated, so the reserved bits must be zero.
"""

from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from hashlib import sha1

import msgspec

from kibitz.protocol.errors import RemoteProtocolError
from kibitz.protocol.masking import Mask, mask_in_python

CONTINUATION = 0x0
TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8
PING = 0x9
PONG = 0xA

GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
NO_CODE = 1005
INVALID_DATA = 1007
POLICY = 1008
TOO_BIG = 1009
SLOW = 4008
"""Ours: the outbox of the connection was full."""

SHORT_TEXT_HEADS = tuple(bytes((0x80 | TEXT, size)) for size in range(126))
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class PingFrame(msgspec.Struct, frozen=True):
    data: bytes


class PongFrame(msgspec.Struct, frozen=True):
    data: bytes


class CloseFrame(msgspec.Struct, frozen=True):
    """`code` is 1005 where the frame had none."""

    code: int
    reason: str


class Fragment(msgspec.Struct, frozen=True):
    """A part of a message was taken, not its last; a message of many parts costs as much as many messages."""


Message = str | bytes | PingFrame | PongFrame | CloseFrame | Fragment
"""A text message is `str`, a binary one `bytes`."""

_FRAGMENT = Fragment()


class FrameError(RemoteProtocolError):
    """The connection has to be closed with `code`."""

    def __init__(self, code: int, rule: str) -> None:
        super().__init__(f"{code} {rule}")
        self.code = code
        self.rule = rule


def accept_key(key: str) -> str | None:
    """The answer to `Sec-WebSocket-Key`, or None if that is not 16 bytes of base64 (section 4.2.1)."""
    try:
        if len(key) != 24 or len(b64decode(key, validate=True)) != 16:
            return None
    except (BinasciiError, ValueError):
        return None
    return b64encode(sha1(key.encode() + _GUID).digest()).decode()  # noqa: S324 - the RFC's choice


def frame(opcode: int, payload: bytes) -> bytes:
    """One whole unmasked frame, as a server sends it."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def text_frame(payload: bytes) -> bytes:
    """`frame(TEXT, payload)`, for what nearly all frames are."""
    size = len(payload)
    return SHORT_TEXT_HEADS[size] + payload if size < 126 else frame(TEXT, payload)


def close_frame(code: int | None = None, reason: str = "") -> bytes:
    """`reason` is cut to what a control frame can hold, 123 bytes of UTF-8."""
    if code is None:
        return frame(CLOSE, b"")
    text = reason.encode()[:123].decode(errors="ignore").encode()
    return frame(CLOSE, code.to_bytes(2, "big") + text)


class FrameReader:
    """The receiving half of one connection; after a `FrameError` or a `CloseFrame` it is of no more use.

    `feed` bytes, then take messages with `next_message` until it gives None. `mask` undoes the client's
    masks; whoever has a compiled one hands it in.
    """

    __slots__ = (
        "_chunks",
        "_mask",
        "_max_bytes",
        "_missing",
        "_opcode",
        "_parts",
        "_parts_bytes",
        "_pos",
        "rest",
    )

    def __init__(self, max_message_bytes: int, mask: Mask = mask_in_python) -> None:
        self._max_bytes = max_message_bytes
        self._mask = mask
        self.rest = b""
        """Empty exactly when everything fed has been taken or is part of an unfinished frame."""
        self._pos = 0
        self._chunks: bytearray | None = None
        self._missing = 0
        self._opcode = CONTINUATION  # of the fragmented message that is under way
        self._parts: bytearray | None = None
        self._parts_bytes = 0

    def whole_text(self, data: bytes) -> str | None:
        """`data` itself, if it is just one text message in one frame below 64 KiB and nothing is under way.

        That is how nearly all messages come, and this is several times cheaper than `feed` and
        `next_message`. None says nothing: feed `data` then. Raises `FrameError`.
        """
        size = len(data) - 6
        if size < 126:
            if size < 0 or data[1] != 0x80 | size:
                return None
            start = 6
        else:
            size -= 2
            if size < 126 or data[1] != 0xFE or data[2] << 8 | data[3] != size:
                return None
            start = 8
        if data[0] != 0x81 or self.rest or self._chunks is not None or self._parts is not None:
            return None
        if size > self._max_bytes:
            return None
        payload = bytearray(data)
        del payload[:start]
        self._mask(data[start - 4 : start], payload)
        try:
            return payload.decode()
        except UnicodeDecodeError as error:
            raise FrameError(INVALID_DATA, "text is not UTF-8") from error

    def feed(self, data: bytes) -> None:
        if self._chunks is not None:
            self._chunks += data
            self._missing -= len(data)
            if self._missing <= 0:
                self.rest = bytes(self._chunks)
                self._pos = 0
                self._chunks = None
        elif self.rest:
            # At most the 13 bytes of an unfinished head are left here, or what the caller has not
            # taken yet.
            self.rest = self.rest[self._pos :] + data
            self._pos = 0
        else:
            self.rest = data

    def drop(self) -> None:
        """Give up what has come: the connection is looked at no more, and may stay for a while."""
        self.rest = b""
        self._pos = 0
        self._chunks = None
        self._parts = None

    def next_message(self) -> Message | None:
        """The next whole message, control frame or part of a message. Raises `FrameError`."""
        if self._chunks is None:
            data = self.rest
            pos = self._pos
            have = len(data) - pos
            if have < 2:
                if not have:
                    self.rest = b""
                    self._pos = 0
                return None
            first = data[pos]
            second = data[pos + 1]
            size = second & 0x7F
            if first & 0x70:
                raise FrameError(PROTOCOL_ERROR, "reserved bit set")
            if not second & 0x80:
                raise FrameError(PROTOCOL_ERROR, "frame not masked")
            opcode = first & 0x0F
            if opcode >= CLOSE:
                if opcode > PONG:
                    raise FrameError(PROTOCOL_ERROR, "unknown opcode")
                if size > 125 or not first & 0x80:
                    raise FrameError(PROTOCOL_ERROR, "control frame fragmented or over 125 bytes")
            elif opcode > BINARY:
                raise FrameError(PROTOCOL_ERROR, "unknown opcode")
            elif opcode == CONTINUATION:
                if self._parts is None:
                    raise FrameError(PROTOCOL_ERROR, "continuation of nothing")
            elif self._parts is not None:
                raise FrameError(PROTOCOL_ERROR, "new message inside a fragmented one")

            body = pos + 6
            if size >= 126:
                wide = 2 if size == 126 else 8
                if have < 2 + wide:
                    return None
                size = int.from_bytes(data[pos + 2 : pos + 2 + wide], "big")
                if size < (126 if wide == 2 else 65_536):
                    raise FrameError(PROTOCOL_ERROR, "length not in its shortest form")
                if size >> 63:
                    raise FrameError(PROTOCOL_ERROR, "length with the highest bit set")
                body += wide
            if opcode < CLOSE and size + self._parts_bytes > self._max_bytes:
                raise FrameError(TOO_BIG, f"message over {self._max_bytes} bytes")
            end = body + size
            if end > len(data):
                self._chunks = bytearray(data[pos:] if pos else data)
                self._missing = end - len(data)
                self.rest = b""
                self._pos = 0
                return None

            payload = bytearray(data[body:end])
            self._mask(data[body - 4 : body], payload)
            if end == len(data):
                self.rest = b""
                self._pos = 0
            else:
                self._pos = end
            if first & 0x80 and opcode != CONTINUATION:
                if opcode == TEXT:
                    try:
                        return payload.decode()
                    except UnicodeDecodeError as error:
                        raise FrameError(INVALID_DATA, "text is not UTF-8") from error
                if opcode == BINARY:
                    return bytes(payload)
                return _control(opcode, bytes(payload))
            return self._fragment(opcode, payload, is_last=bool(first & 0x80))
        return None

    def _fragment(self, opcode: int, payload: bytearray, *, is_last: bool) -> str | bytes | Fragment:
        # One growing buffer, not a list of parts: a million parts of one byte then take a million
        # bytes, not a million objects.
        if self._parts is None:
            self._opcode = opcode
            self._parts = bytearray()
        self._parts += payload
        self._parts_bytes += len(payload)
        if not is_last:
            return _FRAGMENT
        whole = bytes(self._parts)
        self._parts = None
        self._parts_bytes = 0
        return _decode_text(whole) if self._opcode == TEXT else whole


def _decode_text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise FrameError(INVALID_DATA, "text is not UTF-8") from error


def _control(opcode: int, payload: bytes) -> PingFrame | PongFrame | CloseFrame:
    if opcode == PING:
        return PingFrame(payload)
    if opcode == PONG:
        return PongFrame(payload)
    if not payload:
        return CloseFrame(NO_CODE, "")
    if len(payload) == 1:
        raise FrameError(PROTOCOL_ERROR, "close frame with half a code")
    code = int.from_bytes(payload[:2], "big")
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise FrameError(PROTOCOL_ERROR, "close code that may not be sent")
    return CloseFrame(code, _decode_text(payload[2:]))

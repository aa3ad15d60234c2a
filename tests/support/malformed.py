"""Messages that are almost right: valid traffic, changed by the grammar of the protocols it is made of.

The same seed gives the same messages. Some come out valid, or are tolerated; none is pure noise, which
every decoder refuses at its first byte.
"""

import random
import re

from support.websocket_wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame_bytes

_VALID = (
    '42["message-with-ack",1,"two",{"three":[3]}]',
    '4217["message-with-ack",{"a":{"b":{"c":[1,2,3,null,true]}}}]',
    '421["enter","hall"]',
    '422["say","hall","words",{"x":1.5e3}]',
    '42/custom,3["message","é\\u00e9"]',
    '40/custom,{"token":"t"}',
    "40",
    "41/custom,",
    "41",
    '438[{"answer":true}]',
    '451-["message",{"_placeholder":true,"num":0}]',
    '452-9["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
    '461-3[{"_placeholder":true,"num":0}]',
    '44{"message":"x"}',
    '42["volatile",[[[[]]]]]',
    '42["ask",{"deep":{"deep":{"deep":{}}}}]',
    "2",
    "3",
    "2probe",
    "3probe",
    "5",
    "6",
    "bAQIDBA==",
)
_TOKENS = re.compile(
    r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[\[\]{},:/\-?=]|true|false|null|[a-zA-Z]+|.', re.DOTALL
)
_PIECES = (
    *("[", "]", "{", "}", ",", ":", '"', "\\", "/", "-", "\x1e", "\0", "\ufeff", "\u2028", "b", "?"),
    *("0", "1", "2", "3", "4", "5", "6", "7", "-1", "-0", "1e999", "00", "9007199254740993", "1" * 400),
    *("true", "null", "NaN", "Infinity", '"_placeholder"', '"num"', '"__proto__"', '"\\ud800"', '"\\u00"'),
    *("[" * 40, '{"a":' * 40, "/" * 200, '"' + "x" * 2_000 + '"', "9" * 30 + "-", "1000000000-"),
    *('{"_placeholder":true,"num":-1}', '{"_placeholder":true,"num":1e9}', "/custom,", "connect", "4", "42"),
)


class Mutations:
    """An endless source of such messages."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def text(self) -> str:
        """One Engine.IO packet."""
        parts = _TOKENS.findall(self._chance.choice(_VALID))
        for _ in range(self._chance.choice((1, 1, 1, 2, 2, 3, 5))):
            parts = self._changed(parts)
        return "".join(parts)[:8_000]

    def payload(self) -> str:
        """The body of a POST: a few packets, some of them changed."""
        count = self._chance.choice((1, 1, 1, 2, 4))
        packets = [
            self.text() if self._chance.random() < 0.7 else self._chance.choice(_VALID) for _ in range(count)
        ]
        return "\x1e".join(packets)

    def frames(self) -> bytes:
        """One or more websocket frames with such a packet; the frames may be wrong themselves."""
        chance = self._chance
        data = self.text().encode("utf-8", "surrogatepass")
        match chance.randrange(24):
            case 0:  # in two fragments
                cut = chance.randrange(len(data) + 1)
                rest = frame_bytes(chance.choice((CONTINUATION, TEXT)), data[cut:])
                return frame_bytes(TEXT, data[:cut], is_final=False) + rest
            case 1:
                return frame_bytes(BINARY, data)
            case 2:
                return frame_bytes(chance.choice((PING, PONG, CLOSE)), data[: chance.choice((1, 2, 60, 130))])
            case 3:
                return frame_bytes(TEXT, data, reserved=chance.randrange(1, 8))
            case 4:
                return frame_bytes(chance.choice((3, 7, 11, 15)), data)
            case 5:
                return frame_bytes(TEXT, data, is_masked=False)
            case 6:
                return frame_bytes(TEXT, b"\xff" + data)
            case 7:
                frame = bytearray(frame_bytes(TEXT, data))
                frame[chance.randrange(len(frame))] ^= 1 << chance.randrange(8)
                return bytes(frame)
            case 8:
                return frame_bytes(TEXT, data) + frame_bytes(BINARY, data[:50])
            case _:
                return frame_bytes(TEXT, data)

    def _changed(self, parts: list[str]) -> list[str]:
        chance = self._chance
        at = chance.randrange(len(parts) + 1)
        match chance.randrange(8):
            case 0:
                return parts[:at] + parts[at + 1 :]
            case 1:
                return [*parts[:at], chance.choice(_PIECES), *parts[at:]]
            case 2:
                return [*parts[:at], chance.choice(_PIECES), *parts[at + 1 :]]
            case 3:
                return parts[:at] + parts[at : at + 1] * chance.choice((2, 3, 50)) + parts[at + 1 :]
            case 4:
                return parts[:at]
            case 5:
                other = _TOKENS.findall(chance.choice(_VALID))
                return parts[:at] + other[chance.randrange(len(other)) :]
            case 6:
                to = chance.randrange(len(parts) + 1)
                begin, end = min(at, to), max(at, to)
                return parts[:begin] + parts[begin:end][::-1] + parts[end:]
            case _:
                piece = parts[at : at + 1] or ["4"]
                return [*parts[:at], piece[0][: chance.randrange(len(piece[0]) + 1)], *parts[at + 1 :]]

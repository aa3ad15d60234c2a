"""Types and makers of every identifier that crosses a border.

An id is a type: public signatures never take one as a bare `str` or `int`. The makers take their
entropy as an argument, so that tests decide it; production passes nothing and gets `secrets`.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import NewType

RoomId = NewType("RoomId", str)
"""128 random bits, 22 characters of URL-safe base64: knowing it is the right to look at the room."""
RoomKey = NewType("RoomKey", int)
"""The journal's own integer for a room; never leaves the server."""
JoinCode = NewType("JoinCode", str)
"""8 characters that a person can read out, from `JOIN_CODE_ALPHABET`."""
PlayerId = NewType("PlayerId", str)
"""`p_` or, for bots, `b_`, and 22 characters; public. A bot that the server itself plays: `b_house.`."""
Seat = NewType("Seat", int)
"""Counted from 0."""
Version = NewType("Version", int)
"""Number of journalled events of a room; 1 is its creation. Never falls."""
Epoch = NewType("Epoch", str)
"""Random id; changes exactly when versions already shown may mean something else."""
ActionId = NewType("ActionId", str)
"""Made by the client for each action, 16 to 64 characters."""
GameName = NewType("GameName", str)
"""Lower-case words joined by hyphens, as in `connect-four`."""
Sid = NewType("Sid", str)
"""An Engine.IO session: a secret between server and that client."""
SocketId = NewType("SocketId", str)
"""A Socket.IO connection to one namespace."""
AdminName = NewType("AdminName", str)

JOIN_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
JOIN_CODE_LENGTH = 8
_HOUSE = "b_house."

Entropy = Callable[[int], bytes]


def random_token(n_bytes: int = 16, entropy: Entropy = secrets.token_bytes) -> str:
    """`n_bytes` of entropy as URL-safe base64 without padding (16 bytes: 22 characters)."""
    return urlsafe_b64encode(entropy(n_bytes)).rstrip(b"=").decode("ascii")


def new_room_id(entropy: Entropy = secrets.token_bytes) -> RoomId:
    return RoomId(random_token(16, entropy))


def new_epoch(entropy: Entropy = secrets.token_bytes) -> Epoch:
    return Epoch(random_token(9, entropy))


def new_player_id(*, is_bot: bool = False, entropy: Entropy = secrets.token_bytes) -> PlayerId:
    return PlayerId(("b_" if is_bot else "p_") + random_token(16, entropy))


def new_house_bot_id(entropy: Entropy = secrets.token_bytes) -> PlayerId:
    """Of a bot that the server plays itself. No session has such an id: `random_token` knows no dot."""
    return PlayerId(_HOUSE + random_token(16, entropy))


def new_action_id(entropy: Entropy = secrets.token_bytes) -> ActionId:
    return ActionId(random_token(16, entropy))


def new_join_code(entropy: Entropy = secrets.token_bytes) -> JoinCode:
    """40 random bits: the alphabet has exactly 32 letters, so no letter is likelier than another."""
    return JoinCode("".join(JOIN_CODE_ALPHABET[b & 31] for b in entropy(JOIN_CODE_LENGTH)))


def is_bot(player_id: PlayerId) -> bool:
    """Whether a program plays: one of the server's own, or one that came over the wire and said so."""
    return player_id.startswith("b_")


def is_house_bot(player_id: PlayerId) -> bool:
    """Whether the server itself plays for this seat."""
    return player_id.startswith(_HOUSE)

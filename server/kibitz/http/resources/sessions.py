"""Guests: `POST /api/session`, and who that is."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked

NameText = Annotated[str, Meta(min_length=1, max_length=200)]
"""Loose on purpose: the rules of names (NFC, 1 to 24 graphemes) are those of `accounts`."""


class SessionRequest(Asked, frozen=True):
    """`browser` gets the cookie; `api` gets a token instead, and so does `bot`, a player that is one."""

    name: NameText
    client: Literal["browser", "api", "bot"] = "browser"


class SessionAnswer(Struct, frozen=True, omit_defaults=True):
    player_id: str
    name: str
    token: str | None = None


class Me(Struct, frozen=True):
    player_id: str
    name: str
    is_bot: bool

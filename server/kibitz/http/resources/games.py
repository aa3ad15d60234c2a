"""The games of this server and the tables of states: `/api/games`, `/api/lifecycle`."""

from typing import Any, Literal

from msgspec import Struct


class ActionInfo(Struct, frozen=True):
    """What a player may do; `schema` is the JSON Schema of its arguments."""

    name: str
    schema: dict[str, Any]
    out_of_turn: bool


class GameInfo(Struct, frozen=True):
    """`options_schema` is the JSON Schema of what `POST /api/rooms` takes as `options`; `options` is the
    same under its first name. `view` is the address of the ES module that draws the game, where it
    brings one (docs/views.md); null: the client has one of its own, or draws it by its generic view.
    `views_differ`: whether a seat may see what others may not."""

    name: str
    title: str
    summary: str
    seats_least: int
    seats_most: int
    has_bots: bool
    options: dict[str, Any]
    options_schema: dict[str, Any]
    actions: list[ActionInfo]
    view: str | None
    views_differ: bool
    realtime: bool
    uses_chance: bool
    durability: Literal["committed", "relaxed"]
    rules_version: int


class GameList(Struct, frozen=True):
    games: list[GameInfo]


class Arrow(Struct, frozen=True, rename={"from_": "from"}):
    """What leads from one state to another."""

    from_: str
    to: str
    triggers: list[str]


class States(Struct, frozen=True):
    """A table of states: where it begins, where it may end, and what leads where."""

    begin: str
    final: list[str]
    arrows: list[Arrow]

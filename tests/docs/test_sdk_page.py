"""docs/sdk.md names everything that a program of a player can use."""

import re
from pathlib import Path

import pytest

import kibitz.client
from kibitz.client import Client, ClientError, RoomSession

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sdk.md").read_text("utf-8")
NOT_FOR_CALLERS = {
    *("on_connected", "on_lost", "on_event", "on_closed"),  # the link calls them
    *("attach", "detach", "take", "close", "first_join"),  # the client calls them
    *("is_joined", "is_over", "sign_in", "room", "url"),
}


@pytest.mark.parametrize("kind", [Client, RoomSession])
def test_every_public_name_is_on_the_page(kind: type) -> None:
    names = {name for name in vars(kind) if not name.startswith("_")} - NOT_FOR_CALLERS
    missing = {name for name in names if not re.search(rf"\b{name}\b", PAGE)}
    assert not missing


def test_every_exception_is_on_the_page() -> None:
    exported = [getattr(kibitz.client, name) for name in kibitz.client.__all__]
    errors = [one for one in exported if isinstance(one, type) and issubclass(one, ClientError)]
    assert len(errors) >= 7
    assert not [error.__name__ for error in errors if error.__name__ not in PAGE]

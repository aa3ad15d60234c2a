"""docs/protocol.md says about the application what the code says."""

import re
from pathlib import Path

import msgspec
import pytest

from kibitz.codes import Advice, NoticeCode
from kibitz.protocol.messages import CLIENT_EVENTS, SERVER_EVENTS
from kibitz.rooms.fold.diagrams import lifecycle_diagram
from support import protocol_tables
from support.running_server import running

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")


@pytest.mark.parametrize("table", ["codes", "reasons", "rates", "quotas", "features"])
def test_tables(table: str) -> None:
    assert getattr(protocol_tables, table)() in PAGE


def fields(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)} - {"ok"}


def row(event: str, after: str) -> list[str]:
    """The cells of an event's row in the table that follows a heading."""
    found = re.search(rf"^\| `{event}` \|(.*)\|$", PAGE[PAGE.index(after) :], re.MULTILINE)
    assert found, event
    return found[1].split(" | ")


@pytest.mark.parametrize("event", CLIENT_EVENTS)
def test_client_events(event: str) -> None:
    asked, answered = CLIENT_EVENTS[event]
    payload, answer = row(event, "### Events from clients")
    assert fields(asked) == set(re.findall(r"\w+", payload.split("[")[0])) - {"name", "count"}
    if "as for" not in answer:
        assert fields(answered) == set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", answer))))
    assert f"**`{event}`**" in PAGE


@pytest.mark.parametrize("event", SERVER_EVENTS)
def test_server_events(event: str) -> None:
    (payload,) = row(event, "### Events from the server")
    nested = re.sub(r"\[.*?\]", "", payload)
    assert fields(SERVER_EVENTS[event]) == set(re.findall(r"[a-z_]+", nested))


@pytest.mark.parametrize("code", NoticeCode)
def test_notices(code: NoticeCode) -> None:
    row(code.value, "Notices (")


def test_advice() -> None:
    assert all(f"`{advice.value}`:" in PAGE for advice in Advice)


async def test_routes(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        _, description = await server.get("/openapi.json")
    assert protocol_tables.routes(description) in PAGE


def test_the_life_of_a_room_is_drawn_as_it_is() -> None:
    assert f"```mermaid\n{lifecycle_diagram()}```" in PAGE

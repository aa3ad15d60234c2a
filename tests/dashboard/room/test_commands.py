"""Commands by the room's state, and refusals in words."""

import pytest

from kibitz_dashboard.room.commands import COMMANDS, REASONS, advice, offered, reason, refusal
from kibitz_dashboard.server.answers import LiveRoom, LiveSeat, RoomDetail


def names(
    status: str, *, match: int = 1, has_refused_acts: bool = False, refused: str | None = None
) -> list[str]:
    room = LiveRoom("r", "g", status, [LiveSeat(0, "p_1"), LiveSeat(1)], match=match)
    found = offered(RoomDetail(room, refusal=refused), has_refused_acts=has_refused_acts)
    return [command.name for command in found]


def test_what_the_state_allows() -> None:
    assert names("playing") == ["pause", "rewind", "kick", "close"]
    assert names("paused") == ["resume", "rewind", "kick", "close"]
    assert names("waiting", match=0) == ["kick", "close"]
    assert names("faulted") == ["release", "rewind", "close"]
    assert names("faulted", match=0) == ["release", "close"]
    assert names("faulted", refused="unknown_game") == ["release"]
    assert names("playing", has_refused_acts=True)[-1] == "release"
    assert names("some-new-status") == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_says_what_it_does(name: str) -> None:
    command = COMMANDS[name]
    assert command.about.endswith(".")
    assert command.confirm != command.label


def test_words() -> None:
    assert refusal("wrong_phase", "no").startswith("The room is not in a state")
    assert refusal("new_code", "It *cannot* be") == r"It \*cannot\* be (new\_code)"
    assert reason("crash") == "its game crashed the server"
    assert reason("some_new_why") == "some new why"
    assert all(advice(why) for why in [*REASONS, "some_new_why"])

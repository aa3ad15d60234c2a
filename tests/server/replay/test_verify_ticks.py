"""A room in real time, from its rows: told, and held to its rules tick by tick."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kibitz.games.light_cycles import LightCycles
from kibitz.ids import Epoch, GameName, JoinCode, PlayerId, RoomId, RoomKey, Seat, Version
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.replay.folded import fold_of
from kibitz.replay.source import ReplayError, RoomHistory
from kibitz.replay.story import tell
from kibitz.replay.verify import verify
from kibitz.rooms.fold.state import RoomState

ANN, BEN = PlayerId("p_ann"), PlayerId("p_ben")
RECORD = NewRoom(
    RoomId("room"),
    RoomKey(1),
    GameName("light-cycles"),
    1,
    2,
    JoinCode("AAAAAAAA"),
    False,
    "{}",
    Epoch("e"),
    ANN,
    1,
)
STEER = [2, 0, "steer", {"direction": "up"}, ANN, "an-action-id-0000"]


def row(version: int, kind: EventKind, args: dict[str, Any] | None = None, **fields: Any) -> Event:
    text = msgspec.json.encode(args or {}).decode()
    return Event(RoomKey(1), Version(version), Epoch("e"), version * 1_000_000, kind, args=text, **fields)


@pytest.fixture
def history() -> RoomHistory:
    rows = [
        row(1, EventKind.CREATED, player_id=ANN),
        row(2, EventKind.JOINED, seat=Seat(0), player_id=ANN),
        row(3, EventKind.JOINED, seat=Seat(1), player_id=BEN),
        row(4, EventKind.STARTED, {"seed": "00" * 32, "players": [ANN, BEN]}),
        row(5, EventKind.TICKS, {"first": 0, "count": 20, "inputs": [STEER]}),
        row(6, EventKind.TICKS, {"first": 20, "count": 45, "inputs": []}),
    ]
    fold = fold_of(RECORD, LightCycles())
    written = []
    before: RoomState | None
    for before, event, after in fold.steps(rows):
        is_on = after.is_match_on
        phase_to = after.state.phase if is_on and after.state is not None else None
        phase_from = None if before is None else before.phase()
        written.append(
            replace(event, match=after.match if is_on else None, phase_from=phase_from, phase_to=phase_to)
        )
    return RoomHistory(RECORD, tuple(written), ())


def test_the_ticks_are_told_and_verified(history: RoomHistory) -> None:
    assert verify(history, fold_of(RECORD, LightCycles())).events == 6
    lines = list(tell(RECORD, history.events))
    assert lines[-2].endswith("  1. 20 ticks from 0 on, 1 actions")
    assert lines[-1].endswith("  2. 45 ticks from 20 on, 0 actions")
    assert history.events[-1].phase_to == "racing"


def test_ticks_that_do_not_follow_are_found(history: RoomHistory) -> None:
    rows = list(history.events)
    rows[-1] = replace(rows[-1], args='{"first":21,"count":45,"inputs":[]}')
    with pytest.raises(ReplayError, match=r"version 6 \(ticks\): begins with tick 21, not 20"):
        verify(replace(history, events=tuple(rows)), fold_of(RECORD, LightCycles()))

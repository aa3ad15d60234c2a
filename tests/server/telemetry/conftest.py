"""Records of each kind."""

import pytest

from kibitz.ids import GameName, PlayerId, RoomId
from kibitz.telemetry.records import (
    Conflict,
    ErrorCount,
    FeatureUse,
    Incident,
    IncidentKind,
    Latency,
    Record,
    Refusal,
    Sample,
    Session,
    Wait,
    WaitResult,
)

ROOM, ANN = RoomId("room"), PlayerId("p_ann")


@pytest.fixture
def records() -> list[Record]:
    return [
        Conflict(1_000, ROOM, ANN, 4, 6, "merge", "client"),
        Incident(2_000, IncidentKind.WRONG_CHECKSUM, ROOM, 7, "epoch", ANN, "polling", "held 1, not 2"),
        Refusal(3_000, "stale"),
        Refusal(3_500, "stale"),
        FeatureUse(4_000, "chat", ANN, 2),
        FeatureUse(4_500, "chat", ANN, 3),
        Session(5_000, "s_1", ANN, 1_000, "websocket", True, 12, 2, 30, "transport close"),
        Latency(6_000, "event", "act", 17, 5),
        Sample(7_000, 12.5, *range(2, 18)),
        ErrorCount(8_000, "http", "/api/rooms 500", 3),
        Wait(9_000, ANN, GameName("connect-four"), 500, WaitResult.MATCHED, ROOM),
    ]

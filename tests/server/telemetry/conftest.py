"""Records of each kind."""

import pytest

from kibitz.ids import PlayerId, RoomId
from kibitz.telemetry.records import Conflict, FeatureUse, Incident, IncidentKind, Record, Refusal

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
    ]

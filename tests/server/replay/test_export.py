"""The exported document."""

import json
from pathlib import Path

from kibitz.replay.export import document
from kibitz.replay.source import RoomHistory


def test_the_document(history: RoomHistory) -> None:
    found = json.loads(document(history.record, history.events, {"phase": "over"}))
    assert found["format"] == "kibitz-replay/1"
    assert found["room"]["game"] == "connect-four"
    assert found["room"]["options"] == {"clock_ms": 60000, "increment_ms": 1000}
    assert found["matches"] == 2
    assert found["view"] == {"phase": "over"}
    assert [event["version"] for event in found["events"]] == list(range(1, 16))
    first_move = found["events"][4]
    assert (first_move["type"], first_move["args"], first_move["ply"]) == ("drop", {"column": 3}, 1)
    assert found["events"][10]["outcome"]["winner"] == 0
    assert found["events"][3]["ply"] is None


def test_the_page_for_operators_has_every_key(history: RoomHistory) -> None:
    page = (Path(__file__).parents[3] / "docs" / "operating.md").read_text()
    found = json.loads(document(history.record, history.events, None))
    for key in (*found, *found["room"], *found["events"][0]):
        assert f"`{key}`" in page, key

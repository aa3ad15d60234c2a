"""What is going on now, in one sentence."""

import msgspec

from kibitz_dashboard.live_strip import sentence
from kibitz_dashboard.server_api import Live


def test_a_sentence_of_what_is_live() -> None:
    live = msgspec.convert(
        {
            "rooms": [
                {"room_id": str(n), "game": "g", "status": s} for n, s in enumerate(["playing", "waiting"])
            ],
            "players_connected": 1234,
            "connections": {"websocket": 1200, "polling": 34},
            "server_version": "0.1.0",
        },
        Live,
    )
    said = sentence(live)
    assert "**Now: 2 open rooms** · 1 playing, 1 waiting" in said
    assert "**1,234 connected** (1,200 by websocket, 34 by polling)" in said
    assert "shutting down" not in said
    assert "shutting down" in sentence(msgspec.structs.replace(live, draining=True))

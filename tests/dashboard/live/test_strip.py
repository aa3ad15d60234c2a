"""What is going on now, in one sentence."""

import msgspec

from kibitz_dashboard.live.strip import sentence
from kibitz_dashboard.server.answers import Live, Totals


def test_a_sentence_of_what_is_live() -> None:
    live = msgspec.convert(
        {
            "rooms": [],
            "totals": {"playing": 1, "waiting": 1},
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
    assert "faulted" not in said
    troubled = sentence(msgspec.structs.replace(live, totals=Totals(paused=2, faulted=1)))
    assert "**Now: 3 open rooms**" in troubled
    assert "2 paused · :red[**1 faulted**]" in troubled
    assert "shutting down" in sentence(msgspec.structs.replace(live, draining=True))

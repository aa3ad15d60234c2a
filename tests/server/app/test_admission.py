"""How many sessions one address gets, over both transports, and who counts as one address."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kibitz.app import admission
from kibitz.app.admission import Admission
from kibitz.rates import Rate
from support.http_wire import HttpWire
from support.manual_clock import ManualClock
from support.running_server import running
from support.websocket_wire import HandshakeRefused, WireSocket


def test_addresses_have_their_own_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "SESSIONS", Rate(1, 2))
    asked = Admission(ManualClock(), ["10.0.0.0/8"])

    def ask(peer: str, headers: Mapping[str, str] | None = None) -> bool:
        return asked.wait_ms(peer, headers or {}) == 0

    assert [ask("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert not ask("192.0.2.1", {"x-forwarded-for": "192.0.2.9"}), "not from a proxy of ours"
    assert ask("192.0.2.2")
    assert ask("10.0.0.1", {"x-forwarded-for": "192.0.2.3"})
    assert not ask("10.0.0.1", {"x-forwarded-for": "192.0.2.3, 192.0.2.1"}), "the last one is the proxy's"


async def test_handshakes_of_both_transports_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "SESSIONS", Rate(0.01, 2))
    target = "/socket.io/?EIO=4&transport="
    async with running(tmp_path) as server, await HttpWire.open(server.server.port) as http:
        assert (await http.request("GET", f"{target}polling")).status == 200
        async with await HttpWire.open(server.server.port) as other:
            await WireSocket.open(other, f"{target}websocket")
        answer = await http.request("GET", f"{target}polling")
        assert (answer.status, answer.json["code"]) == (429, 4)
        assert int(answer.headers["retry-after"]) > 0
        with pytest.raises(HandshakeRefused, match="429"):
            await WireSocket.open(http, f"{target}websocket")
        async with await HttpWire.open(server.server.port) as other:
            assert (await other.request("GET", "/healthz")).status == 200

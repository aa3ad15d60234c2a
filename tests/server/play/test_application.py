"""Who may connect, and how often at a time."""

from pathlib import Path

from kibitz.play.application import CONNECTIONS_MAX
from support.running_server import running


async def test_one_player_cannot_take_all_connections(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        token = (await server.guest("Ada"))["token"]
        wires = [await server.wire(token) for _ in range(CONNECTIONS_MAX)]
        assert all(wire.refused is None for wire in wires)
        refused = (await server.wire(token)).refused
        assert refused is not None
        assert refused["data"]["code"] == "rate_limited"
        assert refused["data"]["retry_ms"] > 0
        assert (await server.wire((await server.guest("Bo"))["token"])).refused is None
        await wires[0].close()
        assert (await server.wire(token)).refused is None

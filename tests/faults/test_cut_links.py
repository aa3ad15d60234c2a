"""Connections that break all the time while the server lives: nothing is lost, doubled or shown wrong."""

import asyncio
from pathlib import Path

import pytest

from support.cutting_proxy import CuttingProxy
from support.kill_loop import FaultRun
from support.processes import free_port

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

ROOMS = 16
LONGEST_S = 0.8


async def test_players_on_links_that_are_cut_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run = FaultRun(tmp_path, rooms=ROOMS, seed=11)
    through = free_port()
    proxy = CuttingProxy(run.server.port, seed=11, longest_s=LONGEST_S)
    try:
        # The proxy's address is one of the server's own, as that of a reverse proxy would be.
        run.server.start("--public-url", f"http://127.0.0.1:{through}")
        await asyncio.to_thread(run.server.wait_ready)
        await proxy.start(through)
        run.start_players(url=f"http://127.0.0.1:{through}")
        await asyncio.to_thread(run.wait_for_acks, ROOMS * 120, 60)
        proxy.calm = True
        await asyncio.to_thread(run.stop_players)
        assert await asyncio.to_thread(run.server.stop) == 0
        verdict = run.judge()
        with capsys.disabled():
            print(f"\ncut links: cuts={proxy.cuts} {verdict.summary(0)}")
        assert verdict.is_clean, verdict.findings()
        assert proxy.cuts > ROOMS
        assert verdict.resent > 0, "links were cut between an act and its answer"
    finally:
        await proxy.close()
        run.close()

"""What `kibitz new` makes is played in the browser before anything in it was changed, or installed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess, environment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_new_game_is_played_against_a_bot(tmp_path: Path, new_player: Guests) -> None:
    for view in ((), ("--view",)):
        here = tmp_path / ("module" if view else "generic")
        here.mkdir()
        _is_played(here, new_player, view)
        new_player.all_leave()


def _is_played(here: Path, new_player: Guests, view: tuple[str, ...]) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "kibitz", "new", "stones", "--in", str(here), *view],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with ServerProcess(here / "data") as server:
        server.start("--games", str(here / "stones"))
        server.wait_ready()
        ann = new_player(server.url, "Ann")
        room = ann.make_room("stones", bots=1, stones=5)
        ann.sit_at(room)
        board = ann.at("board")

        def take(stones: int) -> None:
            if view:
                board.get_by_role("button", name=f"Take {stones}").click()
            else:
                board.get_by_role("radio", name=str(stones), exact=True).check(force=True)
                board.get_by_role("button", name="Take", exact=True).click()

        # Of five stones the first player takes one, and the bot has lost: it leaves three, two or one.
        expect(board).to_contain_text("5")
        take(1)
        few = re.compile(r"([123]) left" if view else r"stones\s*([123])\s*$")
        expect(board).to_have_text(few)
        found = few.search(board.inner_text())
        assert found is not None
        take(int(found[1]))
        ann.sees_winner(0)

from collections.abc import Awaitable, Callable

import pytest

from kibitz.app.server import Server
from kibitz.client.bot_room import Plan
from kibitz.client.bots import main, run
from kibitz.ids import GameName
from kibitz.rooms.room import Room

StartServer = Callable[[], Awaitable[Server]]


async def test_bots_play_whole_matches_and_every_move_is_found_again(start_server: StartServer):
    server = await start_server()
    told: list[str] = []
    plan = Plan(url=f"http://127.0.0.1:{server.port}", rooms=4, seconds=4, think_ms=10, polling_share=25)
    report = await run(plan, tell=told.append)
    assert report.is_clean, report.table()
    assert report.rooms == 4
    assert report.matches >= 2
    assert report.moves == report.checked > 40
    assert report.percentile_ms(95) is not None
    assert any("4 rooms" in line for line in told)


def test_no_server_is_one_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["--url", "http://127.0.0.1:9", "--seconds", "1"], {}) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("kibitz bots: cannot connect to http://127.0.0.1:9")
    assert "\n" not in said


@pytest.mark.parametrize("wrong", [["--rooms", "0"], ["--seconds", "x"], ["--game", "chess"], ["--nonsense"]])
def test_wrong_arguments_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(wrong, {})
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


async def test_a_game_that_the_server_lacks(start_server: StartServer):
    server = await start_server()
    plan = Plan(url=f"http://127.0.0.1:{server.port}", game=GameName("of-tomorrow"))
    with pytest.raises(Exception, match="unknown_game"):
        await run(plan, tell=lambda line: None)


async def test_a_room_that_fails_is_counted_and_the_others_play_on(start_server: StartServer):
    server = await start_server()
    plan = Plan(url=f"http://127.0.0.1:{server.port}", rooms=2, seconds=3, think_ms=10, polling_share=0)

    def end_one(line: str) -> None:
        """The operator closes a room under its bots."""
        room = server.directory.find(server.directory.all()[0].room_id)
        assert isinstance(room, Room)
        room.close("admin")

    report = await run(plan, tell=end_one)
    assert not report.is_clean
    assert sum(report.failed_rooms.values()) >= 1
    assert report.lost == 0

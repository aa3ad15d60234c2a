"""What players see when an admin pauses, rewinds or kicks: in words, on the board, and in the log."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from support.guests import Guests
from support.processes import ServerProcess, environment
from support.table_page import TablePage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

Command = Callable[..., None]
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """With an admin, who has to be made before it starts."""
    data = tmp_path_factory.mktemp("served") / "data"
    made = [sys.executable, "-m", "kibitz", "admin", "create", "root", "--data", str(data)]
    subprocess.run(made, input=PASSWORD, text=True, env=environment(), check=True, capture_output=True)
    with ServerProcess(data) as running:
        running.start()
        running.wait_ready()
        yield running


@pytest.fixture
def command(server: ServerProcess) -> Command:
    """`command(room, "pause", …)` over the admin's REST."""

    def post(path: str, body: dict[str, object], token: str = "") -> dict[str, object]:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(server.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, object] = json.loads(answer.read())
            return found

    token = str(post("/api/admin/session", {"name": "root", "password": PASSWORD})["token"])

    def run(room: str, name: str, **body: object) -> None:
        post(f"/api/admin/rooms/{room}/{name}", body, token)

    return run


def test_an_admin_pauses_rewinds_and_kicks(
    server: ServerProcess, new_player: Guests, command: Command
) -> None:
    """One match after the other: each begins anew with three moves."""
    a_pause_stands_on_the_board_and_ends(_two(server, new_player), command)
    new_player.all_leave()
    a_rewind_is_told_and_the_log_forgets_what_it_took_back(_two(server, new_player), command)
    new_player.all_leave()
    who_is_kicked_only_watches(_two(server, new_player), command)


def _two(server: ServerProcess, new_player: Guests) -> tuple[TablePage, TablePage]:
    ada = new_player(server.url, "Ada")
    room = ada.make_room("connect-four")
    ada.sit_at(room)
    bo = new_player(server.url, "Bo")
    bo.sit_at(room)
    ada.sees_turn(0)
    for move, (player, column) in enumerate(((ada, 3), (bo, 3), (ada, 4))):
        player.sees_turn(move % 2)
        player.drop(column)
    for player in (ada, bo):
        player.sees_disc_count(3)
    return ada, bo


def a_pause_stands_on_the_board_and_ends(two: tuple[TablePage, TablePage], command: Command) -> None:
    ada, bo = two
    command(ada.room_id(), "pause", reason="tea")
    for player in two:
        expect(player.at("paused")).to_contain_text("Paused. The clocks stand still")
        expect(player.at("turn")).to_have_text("The game is paused")
    bo.at("column-0").click()
    bo.sees_disc_count(3)
    stands = ada.at("clock-1").inner_text()
    assert Axe().run(bo.page).violations_count == 0
    ada.page.reload()
    expect(ada.at("paused")).to_be_visible()
    expect(ada.at("clock-1")).to_have_text(stands)
    command(ada.room_id(), "resume")
    for player in two:
        expect(player.at("paused")).to_have_count(0)
    expect(ada.at("move-log")).to_contain_text("The game was paused")
    bo.drop(0)
    for player in two:
        player.sees_disc(5, 0, 1)


def a_rewind_is_told_and_the_log_forgets_what_it_took_back(
    two: tuple[TablePage, TablePage], command: Command
) -> None:
    ada, bo = two
    # Created, two joined, started: the first move is version 5.
    command(ada.room_id(), "rewind", to_version=5)
    for player in two:
        player.sees_disc_count(1)
        player.sees_turn(1)
        expect(player.at("toast")).to_contain_text("went back")
        expect(player.at("move-log")).to_contain_text("The game was set back")
        expect(player.at("move-log").get_by_text("Bo: column 4")).to_have_count(0)
    bo.drop(6)
    for player in two:
        player.sees_disc(5, 6, 1)
    ada.open(f"{ada.url}/replay/{ada.room_id()}")
    ada.sees_disc_count(2)


def who_is_kicked_only_watches(two: tuple[TablePage, TablePage], command: Command) -> None:
    ada, bo = two
    command(ada.room_id(), "kick", seat=1)
    expect(bo.page.get_by_text("An admin took your seat away; you can still watch.")).to_be_visible()
    expect(bo.at("take-seat")).to_have_count(0)
    expect(bo.at("plate-1")).to_have_attribute("data-you", "false")
    expect(ada.at("outcome")).to_have_attribute("data-winner", "0")

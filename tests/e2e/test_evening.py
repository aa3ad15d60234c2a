"""The whole product once: two browsers play, the server is killed, the journal remembers, it is counted."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect

from support.dashboard_process import DashboardProcess, published_mart, run_etl_once
from support.four_in_a_row import Match
from support.guests import Guests
from support.journal_checker import check
from support.processes import ROOT, ServerProcess, environment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]


def test_two_players_a_reload_a_spectator_a_killed_server_and_the_dashboard(
    tmp_path: Path, new_player: Guests
):
    with ServerProcess(tmp_path / "data") as server:
        server.start()
        server.wait_ready()
        ada = new_player(server.url, "Ada")
        code = ada.create_room()
        room = ada.room_id()
        bo = new_player(server.url, "Bo", websocket=False)
        bo.join_by_code(code)
        cy = new_player(server.url, "Cy")
        cy.open(f"{server.url}/room/{room}")
        cy.take_place()
        ada.sees_connection("connected", "websocket")
        bo.sees_connection("connected", "polling")

        match = Match(first=0)
        seats = {0: ada, 1: bo}
        everybody = [ada, bo, cy]

        def play(column: int) -> None:
            seat = match.turn
            assert seat is not None
            row = 5 - len(match.columns[column])
            seats[seat].drop(column)
            match.drop(seat, column)
            for player in everybody:
                player.sees_disc(row, column, seat)

        for column in (3, 3, 2, 2):
            play(column)
        bo.page.reload()
        bo.sees_connection("connected", "polling")
        for column in (4, 0):
            play(column)

        # Killed. The move made while nobody is there to take it arrives by itself afterwards.
        server.kill()
        ada.sees_connection("reconnecting")
        ada.drop(5)
        server.start()
        server.wait_ready()
        match.drop(0, 5)
        for player in everybody:
            player.sees_disc(5, 5, 0)
            player.sees_connection("connected")
        assert (match.is_over, match.winner) == (True, 0)
        for player in everybody:
            player.sees_winner(0)
            assert player.board() == [
                ["" if cell is None else str(cell) for cell in row] for row in match.board()
            ]

        run_etl_once(server.data)
        _stands_in_the_mart(server.data, room)
        with DashboardProcess(server.data, server.url) as dashboard:
            dashboard.wait_ready()
            analyst = new_player(server.url, "Analyst").page
            _stands_in_the_dashboard(analyst, dashboard.url, server.data, room)
        assert server.stop() == 0
        verdict = check(server.data / "journal.sqlite", [])
        assert verdict.is_clean, verdict.findings()


def _stands_in_the_mart(data: Path, room: str) -> None:
    with duckdb.connect(str(published_mart(data)), read_only=True) as mart:
        found = mart.execute(
            "select n_moves, n_matches, status, last_winner_seat, n_people from dim_room where room_id = ?",
            [room],
        ).fetchall()
    assert found == [(7, 1, "finished", 0, 2)]


def _stands_in_the_dashboard(page: Page, url: str, data: Path, room: str) -> None:
    page.goto(f"{url}/login?token={_one_time_link(data)}")
    expect(page.get_by_text("Overview").first).to_be_visible(timeout=30_000)
    page.goto(f"{url}/room?room={room}")
    expect(page.get_by_text(re.compile(r"Match 1: .*Ada.* won"))).to_be_visible(timeout=30_000)
    expect(page.get_by_text(re.compile(r"n = 7 moves"))).to_be_visible()


def _one_time_link(data: Path) -> str:
    script = "import sys, pathlib; from kibitz.app.accounts import one_time_link; "
    script += "print(one_time_link(pathlib.Path(sys.argv[1])))"
    done = subprocess.run(
        [sys.executable, "-c", script, str(data)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.strip()

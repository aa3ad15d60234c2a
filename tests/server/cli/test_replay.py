"""`kibitz replay` as a process, beside the journal's writer."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from kibitz.games.registry import load_games
from kibitz.rooms.services.config import RoomsConfig
from support.picks_room import pause, resume, rewind
from support.processes import environment
from support.room_house import House
from support.stored_room import TIMED, open_journal, write_room


def kibitz_replay(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kibitz", "replay", *arguments]
    return subprocess.run(
        command, env=env or environment(), capture_output=True, text=True, timeout=30, cwd="/"
    )


async def test_beside_a_writer(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    room_id, code = await write_room(journal)
    export = tmp_path / "room.json"
    done = kibitz_replay(code, "--data", str(tmp_path), "--verify", "--export", str(export))
    assert done.returncode == 0, done.stderr
    assert "  7. seat 0: drop column=3" in done.stdout
    assert "View of a spectator at version 15\n" in done.stdout
    assert done.stdout.endswith("Verified: 15 events, recovery points: 1\n")
    assert json.loads(export.read_text())["room"]["room_id"] == room_id
    early = kibitz_replay(room_id, "--data", str(tmp_path), "--match", "1", "--ply", "1")
    assert "View of a spectator at version 5\n" in early.stdout
    none = kibitz_replay(room_id, "--data", str(tmp_path), "--ply", "99")
    assert (none.returncode, none.stderr) == (2, "kibitz: match 2 has no ply 99.\n")
    await journal.close()


async def test_a_difference_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    _, code = await write_room(journal)
    await journal.close()
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    with connection:
        connection.execute("UPDATE events SET phase_to = 'odd' WHERE version = 5")
    connection.close()
    done = kibitz_replay(code, "--data", str(tmp_path), "--verify")
    assert done.returncode == 1
    problem = "version 5 (action): phase_to is odd in the journal, but playing by the rules."
    assert done.stderr == f"kibitz: {problem}\n"


async def test_pauses_and_rewinds_are_told(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    house = House(journal, config=RoomsConfig(snapshot_every=3, pause_limit_ms=0))
    room = await house.playing(options=TIMED)
    await house.drops(room, "01")
    await pause(room, "a dispute")
    await rewind(room, 5)
    await resume(room)
    await journal.flush()
    await house.quiet()
    export = tmp_path / "room.json"
    done = kibitz_replay(room.room_id, "--data", str(tmp_path), "--verify", "--export", str(export))
    await journal.close()
    assert done.returncode == 0, done.stderr
    for words in (
        "(taken back)",
        "the match is paused:",
        'reason="a dispute"',
        "back to version 5",
        "goes on",
    ):
        assert words in done.stdout
    assert "Verified: 9 events" in done.stdout
    assert json.loads(export.read_text())["view"]["board"][5] == [0, *[None] * 6]


async def test_a_game_that_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "a_game_that_is_only_named.py").write_text(
        "from kibitz.games.connect_four import ConnectFour\n\n\n"
        'class Other(ConnectFour):\n    name = "other"\n'
    )
    path = list(sys.path)
    games = load_games([], [tmp_path / "a_game_that_is_only_named.py"]).games
    sys.path[:] = path
    journal = open_journal(tmp_path)
    house = House(journal, games=games)
    room = await house.playing(game="other")
    await house.drops(room, "01")
    await journal.flush()
    await house.quiet()
    await journal.close()
    without = kibitz_replay(room.room_id, "--data", str(tmp_path), "--verify")
    assert (without.returncode, without.stderr) == (
        1,
        "kibitz: the game 'other' of this room is not installed here.\n",
    )
    env = environment(KIBITZ_GAMES=str(tmp_path / "a_game_that_is_only_named.py"))
    found = kibitz_replay(room.room_id, "--data", str(tmp_path), "--verify", env=env)
    assert found.returncode == 0, found.stderr


def test_what_is_to_be_put_right(tmp_path: Path) -> None:
    for room in ("CAAAAAAA", "-QAAAAAAAAAAAAAAAAAAAA"):
        done = kibitz_replay(room, "--data", str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith(f"kibitz: there is no journal at {tmp_path}/journal.sqlite")

"""docs/games.md is what its script writes, and has every game of this package."""

import subprocess
import sys
from pathlib import Path

from kibitz.games.registry import BUNDLED

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_games_page.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_bundled_game_is_drawn() -> None:
    page = (ROOT / "docs" / "games.md").read_text("utf-8")
    assert page.count("```mermaid\n") == 1 + len(BUNDLED)
    for game in BUNDLED:
        section = page.split(f"## {game.title}\n")[1].split("\n## ")[0]
        for phase, trigger in game.phases.table:
            assert f"| `{phase}` | `{trigger}`" in section

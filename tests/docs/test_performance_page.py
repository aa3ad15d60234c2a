"""docs/performance.md shows the figures of docs/performance.json and no others."""

import subprocess
import sys
from pathlib import Path

_SCRIPT = Path(__file__).parents[2] / "scripts" / "bench" / "performance_page.py"


def test_figures_are_those_of_the_measured_run() -> None:
    checked = subprocess.run(
        [sys.executable, str(_SCRIPT), "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr

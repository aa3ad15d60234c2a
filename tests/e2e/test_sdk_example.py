"""The program of docs/sdk.md, run as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

from support.processes import ROOT, ServerProcess, environment


def test_the_complete_program_of_the_page_plays_a_match(tmp_path: Path):
    text = (ROOT / "docs" / "sdk.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "program.py"
    path.write_text(program)
    with ServerProcess(tmp_path / "data") as server:
        server.start()
        server.wait_ready()
        done = subprocess.run(
            [sys.executable, str(path), server.url],
            capture_output=True,
            text=True,
            timeout=50,
            env=environment(),
        )
        assert done.returncode == 0, done.stderr
        assert server.stop() == 0
    assert done.stdout.count("committed as version") >= 4
    assert re.search(r"winner: (0|1|None) I am 0", done.stdout)

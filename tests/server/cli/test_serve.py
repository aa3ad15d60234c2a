"""What a start imports: nothing of the analytics ever, and not what only some servers need, or need later."""

import subprocess
import sys
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[3] / "server"
ANALYTICS = {"duckdb", "streamlit", "pyarrow", "pandas", "numpy", "plotly", "apscheduler", "kibitz_etl"}
LATER = {"sqlite_utils", "prometheus_client", "segno", "argon2", "openskill", "redis"}

SERVED = """
import asyncio, sys
from pathlib import Path
from kibitz.cli.lean import without_analytics

without_analytics()
from kibitz.app.server import Server
from kibitz.config import Settings

async def serve():
    server = await Server.start(Settings(data=Path(sys.argv[1]), port=0), fatal=print)
    await asyncio.sleep(0.5)  # what its threads import
    await server.stop()

asyncio.run(serve())
"""
TELL = "import sys; print(*(name for name, module in sys.modules.items() if module is not None))"


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{TELL}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(SERVER), "PATH": "/usr/bin:/bin"},
        timeout=50,
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_a_server_never_imports_what_only_the_analytics_need(tmp_path: Path) -> None:
    assert ANALYTICS & imported(SERVED, str(tmp_path)) == set()


def test_the_start_does_not_wait_for_what_is_needed_later() -> None:
    found = imported(
        "from kibitz.cli.lean import without_analytics; without_analytics(); import kibitz.app.run"
    )
    assert "aiohttp" in found
    assert (ANALYTICS | LATER) & found == set()


@pytest.mark.parametrize("command", ["--help", "version"])
def test_a_word_costs_no_server(command: str) -> None:
    found = imported(f"from kibitz import cli; cli.main([{command!r}], {{}})")
    assert {"asyncio", "aiohttp", "msgspec", "apsw", "argparse"} & found == set()

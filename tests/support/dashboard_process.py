"""The analytics side as real processes: one run of the ETL, and the dashboard on a port of its own."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from support.processes import ROOT, environment, free_port

START_TIMEOUT_S = 40.0


def run_etl_once(data: Path) -> None:
    """Load and publish what the journal has. Raises with its words where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "kibitz_etl", "--data", str(data), "--once"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode != 0:
        raise AssertionError(f"the ETL ended with {done.returncode}: {done.stderr}")


def published_mart(data: Path) -> Path:
    """The mart file that readers open now."""
    warehouse = data / "warehouse"
    return warehouse / str(json.loads((warehouse / "current.json").read_text("utf-8"))["mart"])


class DashboardProcess:
    """One dashboard for a server that runs."""

    def __init__(self, data: Path, server_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = data.parent / "dashboard.log"
        command = [sys.executable, "-m", "kibitz_dashboard", "--data", str(data)]
        command += ["--port", str(self.port), "--server-url", server_url]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_ready(self) -> None:
        began = time.monotonic()
        while time.monotonic() - began < START_TIMEOUT_S and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the dashboard was not ready:\n{self._log.read_text('utf-8')[-4000:]}")

    async def ready(self) -> None:
        """As `wait_ready`, beside a server on the same loop."""
        await asyncio.to_thread(self.wait_ready)

    def __enter__(self) -> "DashboardProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

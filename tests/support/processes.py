"""Real processes for tests: started on a data directory, watched, killed, and never left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 20.0


def free_port() -> int:
    """A port that was free a moment ago; a server that restarts needs the same one again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**extra: str) -> dict[str, str]:
    """The environment of this process without its settings, able to import the packages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KIBITZ_")}
    paths = [str(ROOT / part) for part in ("server", "etl", "dashboard", "tests")]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", **extra}


class ServerProcess:
    """One `kibitz serve` on one data directory and port, which can be killed and started again.

    `wrapper` is put before the command, as `strace` is. What it prints goes to `log`.
    """

    def __init__(self, data: Path, *, port: int | None = None, wrapper: tuple[str, ...] = ()) -> None:
        self.data = data
        self.port = free_port() if port is None else port
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data.parent / f"{data.name}.log"
        self.wrapper = wrapper
        self.process: subprocess.Popen[bytes] | None = None
        self._alive: int | None = None

    def start(self, *flags: str, env: dict[str, str] | None = None) -> None:
        """Start and return at once; `wait_ready` is what waits."""
        command = [
            *self.wrapper,
            *(sys.executable, "-m", "kibitz", "serve"),
            *("--port", str(self.port), "--data", str(self.data), *flags),
        ]
        # The server ends by itself when the tests are killed: it reads the end of this pipe then.
        watched, self._alive = os.pipe()
        settings = {"KIBITZ_LIMITS": "off", "KIBITZ_PARENT_FD": str(watched), **(env or {})}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                env=environment(**settings),
                pass_fds=(watched,),
                start_new_session=True,
            )
        os.close(watched)

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> float:
        """Seconds until `/readyz` answered 200. Raises with the log where it did not."""
        began = time.monotonic()
        while time.monotonic() - began < timeout_s:
            if self.status("/readyz") == 200:
                return time.monotonic() - began
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"the server was not ready in {timeout_s} s:\n{self.log_text()}")

    def status(self, path: str) -> int:
        """The HTTP status of a GET, 0 where nobody answered."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def kill(self) -> None:
        """SIGKILL to the whole group: the server, and what wraps it."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            self._ended()

    def _ended(self) -> None:
        self.process = None
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def stop(self, timeout_s: float = 15.0) -> int:
        """SIGTERM, which drains; its exit status. A server that does not end is killed, and that fails."""
        if self.process is None:
            raise AssertionError("the server does not run")
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.wait_ended(timeout_s)

    def wait_ended(self, timeout_s: float = 15.0) -> int:
        """Its exit status, once it ended by itself."""
        if self.process is None:
            raise AssertionError("the server does not run")
        try:
            status = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end:\n{self.log_text()}") from None
        self._ended()
        return status

    def log_text(self) -> str:
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return text[-6000:]

    def __enter__(self) -> "ServerProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

"""One Node process that plays scenarios of the official client; scenario_driver.mjs is its other end."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from support.echo_process import EchoProcess

_WAIT_S = 10.0


class NodeDriver:
    """Starts with the first scenario, and anew after one that did not end."""

    def __init__(self, node: str, script: Path) -> None:
        self._command = [node, str(script)]
        self._process: subprocess.Popen[str] | None = None
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()

    def play(self, server: EchoProcess, scenario: str, transport: str, variant: str = "4.8") -> None:
        """Fail the test unless the scenario passes; `server` is restarted where the scenario asks for it."""
        self._tell(
            {"scenario": scenario, "url": server.url, "transport": transport, "variant": variant},
        )
        while (answer := self._answer()).get("restart"):
            server.restart()
            self._tell({"restarted": True})
        assert answer["end"] == "passed", answer["why"]

    def close(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.communicate()

    def _tell(self, what: dict[str, Any]) -> None:
        if self._process is None:
            self._said = queue.SimpleQueue()
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            threading.Thread(target=_read, args=(self._process, self._said), daemon=True).start()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        """The next line that the driver meant for us; what else was said is told where none comes."""
        besides: list[str] = []
        while True:
            try:
                line = self._said.get(timeout=_WAIT_S)
            except queue.Empty:
                self.close()
                pytest.fail(f"no end within {_WAIT_S:.0f} s; it said {besides}")
            if line == "":
                self.close()
                pytest.fail(f"the client ended: {''.join(besides)}")
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
            besides.append(line)


def _read(process: "subprocess.Popen[str]", into: "queue.SimpleQueue[str]") -> None:
    """Every line as it comes, and an empty one at the end."""
    assert process.stdout is not None
    for line in process.stdout:
        into.put(line)
    into.put("")

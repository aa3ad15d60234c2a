"""The players' client: its own unit tests, its types, and that its message types are what the server says.

The tests are TypeScript and run by `node --test`; they share tests/cases with the server. Without
Node they are skipped with the reason, and fail where `CI=true`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "server" / "web"


@pytest.fixture(scope="module")
def node() -> str:
    """The `node` to run with, and the client's packages installed."""
    found = shutil.which("node")
    reason = None
    if found is None:
        reason = "there is no node on this machine"
    elif not (WEB / "node_modules" / "esbuild").is_dir():
        reason = "the client's packages are not installed: run scripts/build-web"
    if reason is None and found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; CI must not skip this")
    pytest.skip(str(reason))


def _run(*command: str, cwd: Path = WEB) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=55, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_clients_unit_tests_pass(node: str):
    _run(node, "tests/run.mjs")


@pytest.mark.parametrize("project", ["tsconfig.json", "tests/tsconfig.json"])
def test_types_hold(node: str, project: str):
    _run(node, "node_modules/typescript/bin/tsc", "--noEmit", "-p", project)


def test_message_types_are_what_the_server_says():
    _run(sys.executable, "scripts/generate_messages.py", "--check", cwd=ROOT)

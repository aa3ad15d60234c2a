"""Connections never take the last file descriptors; asked of a process of its own, which has few."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from kibitz.app.descriptors import connections_most
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
print(connections_most(10_000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "most", "after"),
    [(256, 1_024, 768, 1_024), (1_024, 1_024, 768, 1_024), (100, 100, 16, 100)],
)
def test_the_limit_is_raised_and_some_are_kept(soft: int, hard: int, most: int, after: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(soft), str(hard)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(most), str(after)]

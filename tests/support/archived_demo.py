"""A month that `kibitz demo` made, for tests that need a journal as the server writes it."""

import atexit
import shutil
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from kibitz.demo.make import make
from kibitz.demo.plan import Plan

UNTIL = datetime(2026, 11, 20, 15, 30)  # noqa: DTZ001  # as the ETL has it: UTC without saying so
_UNTIL_US = 1_795_188_600_000_000


@cache
def _made() -> Path:
    data = Path(mkdtemp(prefix="kibitz-demo-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    make(
        data, Plan(seed=11, months=1, players=80, events=6_000, until_us=_UNTIL_US), lambda what, events: None
    )
    return data


def copy_of(folder: Path) -> Path:
    shutil.copytree(_made(), folder)
    return folder

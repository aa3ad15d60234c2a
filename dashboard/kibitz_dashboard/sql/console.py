"""Asks a mart what an admin typed: in a process with hard limits, and killed when it takes too long."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pandas as pd
import pyarrow as pa

SQL_CHARS_MAX = 20_000
WAIT_S = 12.0
"""Longer than the worker allows a query, for its start."""


class SqlRefused(Exception):
    """It was not run, or not to its end; the text says why."""


@dataclass(frozen=True, slots=True)
class Result:
    rows: pd.DataFrame
    is_cut: bool
    took_ms: float


class _Answer(msgspec.Struct, frozen=True):
    ok: bool
    message: str
    is_cut: bool


def run_sql(mart: Path, sql: str) -> Result:
    """Raises `SqlRefused`."""
    if not sql.strip():
        raise SqlRefused("There is nothing to run.")
    if len(sql) > SQL_CHARS_MAX:
        raise SqlRefused(f"That is longer than {SQL_CHARS_MAX:,} characters.")
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kibitz_dashboard.sql.worker"],
            input=json.dumps({"mart": str(mart.resolve()), "sql": sql}).encode(),
            capture_output=True,
            timeout=WAIT_S,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise SqlRefused(f"It took longer than {WAIT_S:g} s and was ended.") from None
    head, _, content = done.stdout.partition(b"\n")
    try:
        answer = msgspec.json.decode(head, type=_Answer)
    except msgspec.DecodeError:
        raise SqlRefused("It needed more memory or time than there is for it, and was ended.") from None
    if not answer.ok:
        raise SqlRefused(answer.message)
    rows = pa.ipc.open_stream(content).read_all().to_pandas()
    return Result(rows, answer.is_cut, (time.perf_counter() - began) * 1000)


def _environment() -> dict[str, str]:
    """Where Python finds the package, and nothing else: no setting and no secret of the dashboard."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

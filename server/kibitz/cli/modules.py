"""`kibitz etl`, `report` and `dashboard`: modules of their own, which import nothing of the server.

They replace this process, so that signals and exit codes are theirs.
"""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NoReturn

from kibitz.cli import UsageError
from kibitz.config import DEFAULT_FILE, SettingError, Settings, load
from kibitz.reach import reach


def etl(arguments: list[str], env: Mapping[str, str]) -> NoReturn:
    """All arguments go to the ETL; `--data` is added from the settings where it is not given."""
    _need("duckdb", "kibitz_etl")
    _become("kibitz_etl", _with_data(arguments, env))


def report(arguments: list[str], env: Mapping[str, str]) -> NoReturn:
    """As `etl`, for one report."""
    _need("duckdb", "kibitz_etl", "typst", "vl_convert")
    _become("kibitz_etl.reports", _with_data(arguments, env))


def dashboard(settings: Settings) -> NoReturn:
    """The dashboard for the server that runs with the same settings."""
    _need("streamlit", "kibitz_dashboard")
    _become(
        "kibitz_dashboard",
        [
            "--data",
            str(settings.data.resolve()),
            "--port",
            str(settings.dashboard_port),
            "--server-url",
            f"http://127.0.0.1:{settings.port}",
            "--public-url",
            reach(settings, settings.port).base_url,
        ],
    )


def _with_data(arguments: list[str], env: Mapping[str, str]) -> list[str]:
    if any(part == "--data" or part.startswith("--data=") for part in arguments):
        return arguments
    try:
        return ["--data", str(load({}, env).data), *arguments]
    except SettingError as error:
        raise UsageError(f"{error} (looked for the data directory in {DEFAULT_FILE})") from None


def _need(*packages: str) -> None:
    if not all(find_spec(name) for name in packages):
        raise UsageError(
            "the packages for ETL and dashboard are not installed; run scripts/setup or "
            "pip install 'kibitz[analytics]'."
        )


def _become(module: str, arguments: list[str]) -> NoReturn:
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606  # no shell on purpose

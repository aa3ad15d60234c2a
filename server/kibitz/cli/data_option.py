"""`--data` and `--config`: which directory a command works on that takes no other setting."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.config import SettingError, Settings, load


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="PATH", help="data directory (default: as for `kibitz up`)")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: kibitz.toml)")


def settings_of(given: argparse.Namespace, env: Mapping[str, str]) -> Settings:
    """As for `kibitz up`, but for what was given. Raises `UsageError`."""
    try:
        return load({} if given.data is None else {"data": given.data}, env, given.config)
    except SettingError as error:
        raise UsageError(str(error)) from None

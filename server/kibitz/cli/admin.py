"""`kibitz admin create NAME`: who may use the dashboard and the admin REST."""

import argparse
import getpass
import sys
from collections.abc import Mapping
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.cli.lean import without_analytics
from kibitz.config import SettingError, load


def admin(arguments: list[str], env: Mapping[str, str]) -> int:
    """Asks for the password twice on a terminal, else reads one line of standard input."""
    parser = argparse.ArgumentParser(prog="kibitz admin", description="Make an admin.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="create")
    create = commands.add_parser("create", help="make an admin; the password is asked for")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--data", metavar="PATH", help="data directory (default: as for `kibitz up`)")
    create.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: kibitz.toml)")
    given = parser.parse_args(arguments)
    try:
        settings = load({} if given.data is None else {"data": given.data}, env, given.config)
    except SettingError as error:
        raise UsageError(str(error)) from None
    password = _password()

    without_analytics()
    from kibitz.app.accounts import create_admin
    from kibitz.app.datadir import StartError

    try:
        name = create_admin(settings.data, given.name, password)
    except StartError as error:
        raise UsageError(str(error)) from None
    print(f"{name} can log in to the dashboard now.")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise UsageError("the two passwords differ.")
    return password

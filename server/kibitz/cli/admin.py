"""`kibitz admin`: who may use the dashboard and the admin REST."""

import argparse
import getpass
import sys
from collections.abc import Mapping
from pathlib import Path

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics


def admin(arguments: list[str], env: Mapping[str, str]) -> int:
    """Asks for the password twice on a terminal, else reads one line of standard input."""
    given = _parser().parse_args(arguments)
    settings = settings_of(given, env)
    without_analytics()
    from kibitz.app.datadir import StartError

    try:
        print(_done(given, settings.data))
    except StartError as error:
        raise UsageError(str(error)) from None
    return 0


def _done(given: argparse.Namespace, data: Path) -> str:
    """What is to be said once it is done. Raises `StartError`, `UsageError`."""
    from kibitz.app.accounts import admin_table, create_admin, remove_admin

    if given.command == "list":
        return admin_table(data)
    if given.command == "remove":
        remove_admin(data, given.name)
        return f"{given.name} and their sessions are gone."
    name = create_admin(data, given.name, None if given.provider else _password(), given.role)
    return f"{name} can log in to the dashboard now" + (
        ", as an analyst." if given.role == "analyst" else "."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kibitz admin", description="Make, list and remove admins and analysts.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="create, list or remove")
    create = commands.add_parser("create", help="make an account; the password is asked for")
    create.add_argument("name", metavar="NAME")
    create.add_argument(
        "--role",
        choices=("admin", "analyst"),
        default="admin",
        help="analyst: sees the dashboard but neither SQL nor audit, and changes nothing (default: admin)",
    )
    create.add_argument(
        "--provider",
        action="store_true",
        help="no password: the OpenID provider vouches for NAME, as an e-mail address (see oidc_issuer)",
    )
    remove = commands.add_parser("remove", help="remove an account and end its sessions")
    remove.add_argument("name", metavar="NAME")
    for command in (create, remove, commands.add_parser("list", help="list the accounts")):
        add_data_option(command)
    return parser


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise UsageError("the two passwords differ.")
    return password

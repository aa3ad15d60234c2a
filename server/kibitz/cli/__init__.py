"""The command `kibitz`.

Importing this costs little: each command imports what it needs when it runs, so that `--help` and
`version` answer at once. What a person can put right ends a command with one sentence and exit
code 2 (`UsageError`).
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kibitz.config import Settings

EXIT_USAGE = 2

_COMMANDS: tuple[tuple[str, str], ...] = (
    ("up", "run server, ETL and dashboard together, and stop them together"),
    ("serve", "run the server alone"),
    ("etl", "load the journal into the warehouse (arguments go to the ETL)"),
    ("report", "make the reports of a day, a week or a month"),
    ("dashboard", "run the dashboard alone (needs a running server)"),
    ("bots", "let bots play real games over the real protocol"),
    ("new", "make the package of a new game, which can be played at once"),
    ("check", "play a game's rules at random and hold them to their promises"),
    ("replay", "print, verify or export what the journal has of a room"),
    ("demo", "fill an empty data directory with months of plausible history"),
    ("ratings", "`kibitz ratings rebuild`: make ratings of players anew from the journal"),
    ("backup", "copy the data directory beside a running server, and verify the copy"),
    ("restore", "put a backup back into a data directory that nobody uses"),
    ("doctor", "look a data directory and its machine over, and say what to do"),
    ("prune", "take old rooms out of the journal, where the archive is proved to hold them"),
    ("admin", "`kibitz admin create NAME`: make an admin"),
    ("version", "print the version"),
)


class UsageError(Exception):
    """Something that whoever typed the command can put right; the text is one sentence."""


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 for what the caller can put right."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments, os.environ if env is None else env)
    except UsageError as error:
        print(f"kibitz: {error}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return 130


def _run(arguments: list[str], env: Mapping[str, str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  # a source tree can be run with any Python
        raise UsageError(f"Kibitz needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    command = arguments[0] if arguments else "--help"
    rest = arguments[1:]
    match command:
        case "-h" | "--help" | "help":
            print(_overview())
            return 0
        case "version" | "--version":
            from kibitz import __version__

            print(__version__)
            return 0
        case "up":
            from kibitz.cli.up import up

            return up(_settings("up", rest, env))
        case "serve":
            from kibitz.cli.serve import serve

            return serve(_settings("serve", rest, env))
        case "etl":
            from kibitz.cli.modules import etl

            return etl(rest, env)
        case "report":
            from kibitz.cli.modules import report

            return report(rest, env)
        case "dashboard":
            from kibitz.cli.modules import dashboard

            return dashboard(_settings("dashboard", rest, env))
        case "bots":
            from kibitz.cli.bots import bots

            return bots(rest, env)
        case "new":
            from kibitz.cli.new import new

            return new(rest, env)
        case "check":
            from kibitz.cli.check import check

            return check(rest, env)
        case "replay":
            from kibitz.cli.replay import replay

            return replay(rest, env)
        case "demo":
            from kibitz.cli.demo import demo

            return demo(rest, env)
        case "ratings":
            from kibitz.cli.ratings import ratings

            return ratings(rest, env)
        case "backup":
            from kibitz.cli.backup import backup

            return backup(rest, env)
        case "restore":
            from kibitz.cli.backup import restore

            return restore(rest, env)
        case "doctor":
            from kibitz.cli.doctor import doctor

            return doctor(rest, env)
        case "prune":
            from kibitz.cli.prune import prune

            return prune(rest, env)
        case "admin":
            from kibitz.cli.admin import admin

            return admin(rest, env)
        case _:
            raise UsageError(f"there is no command {command!r}; `kibitz --help` lists them.")


def _overview() -> str:
    lines = ["usage: kibitz COMMAND [options]", ""]
    lines += [f"  {name:<10} {what}" for name, what in _COMMANDS]
    return "\n".join([*lines, "", "`kibitz COMMAND --help` lists the options of a command."])


def _settings(command: str, arguments: list[str], env: Mapping[str, str]) -> "Settings":
    import argparse

    from kibitz.config import TABLE, SettingError, load, unknown_variables
    from kibitz.setting import Kind

    parser = argparse.ArgumentParser(
        prog=f"kibitz {command}",
        description=dict(_COMMANDS)[command].capitalize() + ".",
        epilog="Each option is also a variable (KIBITZ_PORT) and a key of kibitz.toml (port).",
        allow_abbrev=False,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (default: kibitz.toml)")
    for row in TABLE:
        default = row.written(row.default)
        parser.add_argument(
            row.flag,
            dest=row.name,
            metavar="|".join(row.choices) or row.kind.name,
            # A switch may stand alone.
            nargs="?" if row.kind is Kind.SWITCH else None,
            const="on" if row.kind is Kind.SWITCH else None,
            help=(row.meaning + (f" Default: {default}." if default else "")).replace("%", "%%"),
        )
    given = vars(parser.parse_args(arguments))
    file = given.pop("config")
    for name in unknown_variables(env):
        print(f"kibitz: the variable {name} is no setting of Kibitz and is ignored", file=sys.stderr)
    try:
        return load({name: text for name, text in given.items() if text is not None}, env, file)
    except SettingError as error:
        raise UsageError(str(error)) from None

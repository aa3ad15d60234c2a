"""`kibitz ratings rebuild`: make ratings and statistics of players anew from the journal."""

import argparse
from collections.abc import Mapping

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics


def ratings(arguments: list[str], env: Mapping[str, str]) -> int:
    """A server may be running: it shows the old ratings until the new ones are whole."""
    parser = argparse.ArgumentParser(
        prog="kibitz ratings", description="Ratings and statistics of players.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="rebuild")
    rebuild = commands.add_parser("rebuild", help="make them anew from the journal")
    add_data_option(rebuild)
    given = parser.parse_args(arguments)
    settings = settings_of(given, env)

    without_analytics()
    import apsw

    from kibitz.clock import SystemClock
    from kibitz.ratings.files import rebuild as make_anew
    from kibitz.sqlite_file import UnusableFile

    if not (settings.data / "journal.sqlite").exists():
        raise UsageError(f"there is no journal in {settings.data}.")
    try:
        results = make_anew(settings.data, SystemClock())
    except (UnusableFile, apsw.Error) as error:
        raise UsageError(f"the ratings could not be made: {error}") from None
    print(f"The ratings stand on {results} results.")
    return 0

"""`kibitz bots`: bots as players like any other; see `kibitz.client.bots`."""

from collections.abc import Mapping

from kibitz.cli import UsageError


def bots(arguments: list[str], env: Mapping[str, str]) -> int:
    """All arguments and the environment go to the bots."""
    from kibitz.client.bots import main

    try:
        return main(arguments, env)
    except OSError as error:
        raise UsageError(f"the bots cannot run: {error.strerror}.") from error

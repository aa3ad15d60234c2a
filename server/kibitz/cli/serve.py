"""`kibitz serve`: the server alone."""

from kibitz.app.datadir import StartError
from kibitz.cli import UsageError
from kibitz.cli.lean import without_analytics
from kibitz.config import Settings


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM, then drain. Raises `UsageError` when it cannot start."""
    without_analytics()
    from kibitz.app.run import run

    try:
        return run(settings)
    except StartError as error:
        raise UsageError(str(error)) from None

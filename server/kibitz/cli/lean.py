"""Keeps out of the server what only the analytics need."""

import sys


def without_analytics() -> None:
    """Call it before anything imports sqlite-utils, which takes numpy and pandas along where they are
    installed.

    It only wants their number types, which we never hand it; the import costs the server half a
    second of CPU at the start and tens of MiB for good.
    """
    for name in ("numpy", "pandas"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None makes the import fail

"""Ends with the process that started this one.

The starter keeps the other end of a pipe open and names our end in `KIBITZ_PARENT_FD`. However it
dies, the kernel closes its end, and the read here returns.
"""

import os
import threading
from collections.abc import Callable, Mapping

ENV = "KIBITZ_PARENT_FD"


def watch_parent(environ: Mapping[str, str], gone: Callable[[], None]) -> threading.Thread | None:
    """Call `gone` from a thread once the starter is dead; None when nobody asked for it.

    Raises `ValueError` when the variable is not a file descriptor's number.
    """
    value = environ.get(ENV)
    if not value:
        return None
    descriptor = int(value)

    def wait() -> None:
        try:
            while os.read(descriptor, 1):
                pass
        except OSError:
            pass  # not open: the starter is gone or never was
        gone()

    watcher = threading.Thread(target=wait, name="parent", daemon=True)
    watcher.start()
    return watcher

"""File descriptors: as many as the system gives, and never the last of them for a connection.

A process without one left cannot answer, cannot open its own files and hangs up on players without a
word. The limit that a shell hands down is often 1024, far below what the process may ask for.
"""

import logging
import resource

WANTED = 16_384
KEPT = 256
"""For the journal, accounts, bots' processes, logs, and connections that are being refused."""
LEAST = 16

log = logging.getLogger(__name__)


def connections_most(wanted: int) -> int:
    """How many connections there may be; raises the process's own limit as far as that helps."""
    limit = _raised()
    most = max(LEAST, min(wanted, limit - KEPT))
    if most < wanted:
        log.warning("few file descriptors", extra={"descriptors": limit, "connections_most": most})
    return most


def _raised() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return WANTED
    aim = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft < aim:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (aim, hard))
        except (OSError, ValueError):  # not everywhere is the hard limit what it says
            return soft
        return aim
    return soft

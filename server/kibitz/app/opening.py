"""What a start opens: files, caches, games and brains.

Each is closed by the stack that `open_all` is handed, the last first, whether the start goes on or not.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.errors import AccountsUnusable
from kibitz.app.cache import open_cache
from kibitz.app.crash_slot import CrashSlot
from kibitz.app.datadir import DataDir, StartError
from kibitz.app.error_counts import ErrorCounts
from kibitz.app.ratings import Ratings
from kibitz.clock import Clock
from kibitz.config import Settings
from kibitz.games.registry import load_games
from kibitz.http.cache.responses import ResponseCache
from kibitz.ids import GameName
from kibitz.journal.errors import JournalUnusable
from kibitz.journal.journal import Journal
from kibitz.journal.sqlite import SqliteJournal
from kibitz.metrics import names as metric_names
from kibitz.metrics.histogram import Histogram
from kibitz.metrics.registry import Metrics
from kibitz.rooms.bots.brains import ProcessBrains
from kibitz.rooms.services.brain_pool import BrainPool
from kibitz.rules import Game
from kibitz.sqlite_file import UnusableFile
from kibitz.telemetry.telemetry import Telemetry

log = logging.getLogger(__name__)

Fatal = Callable[[str], None]
OpenJournal = Callable[[Path, Fatal, Clock], Journal]


@dataclass(frozen=True, slots=True)
class Opened:
    """`telemetry` is None where it is off, or cannot be opened."""

    clock: Clock
    metrics: Metrics
    slot: CrashSlot
    accounts: Accounts
    journal: Journal
    telemetry: Telemetry | None
    cache: ResponseCache
    ratings: Ratings
    games: Mapping[GameName, Game[Any]]
    brains: BrainPool


async def open_all(
    settings: Settings,
    undo: AsyncExitStack,
    fatal: Fatal,
    clock: Clock,
    open_journal: OpenJournal | None,
    brains: BrainPool | None,
) -> Opened:
    """`undo` is given what closes each of them. Raises `StartError`."""
    directory = DataDir(settings.data)
    undo.callback(directory.release)
    metrics = Metrics()
    errors = ErrorCounts(metrics)
    logging.getLogger().addHandler(errors)
    undo.callback(logging.getLogger().removeHandler, errors)
    try:
        slot = CrashSlot(settings.data, clock)
    except OSError as error:
        raise StartError(f"The data directory {settings.data} cannot be used ({error.strerror}).") from error
    undo.callback(slot.close)
    try:
        accounts = Accounts.open(settings.data / "accounts.sqlite", clock)
        undo.push_async_callback(accounts.close)
        commits = metrics.histogram(metric_names.COMMIT) if settings.telemetry_on else None
        open_journal = open_journal or partial(_open_sqlite, commits=commits)
        journal = open_journal(settings.data / "journal.sqlite", fatal, clock)
        undo.push_async_callback(journal.close)
    except (AccountsUnusable, JournalUnusable) as error:
        raise StartError(str(error)) from error
    telemetry = _open_telemetry(settings, clock)
    if telemetry is not None:
        undo.push_async_callback(asyncio.to_thread, telemetry.close)
    cache = await open_cache(settings, clock, metrics)
    undo.push_async_callback(cache.close)
    ratings = Ratings(settings.data, clock)
    undo.push_async_callback(ratings.close)
    games = _load_games(settings)
    if brains is None:
        brains = ProcessBrains()
        undo.push_async_callback(brains.close)
    return Opened(clock, metrics, slot, accounts, journal, telemetry, cache, ratings, games, brains)


def _open_sqlite(path: Path, fatal: Fatal, clock: Clock, *, commits: Histogram | None) -> Journal:
    """`commits` takes how long each transaction took."""
    observe = None if commits is None else lambda _, took_us: commits.add(took_us * 1000)
    return SqliteJournal.open(path, fatal=lambda broken: fatal(str(broken)), clock=clock, observe=observe)


def _open_telemetry(settings: Settings, clock: Clock) -> Telemetry | None:
    """None where it is off, or cannot be opened: that is no reason to let nobody play."""
    if not settings.telemetry_on:
        return None
    try:
        return Telemetry.open(settings.data / "telemetry.sqlite", clock, keep_days=settings.telemetry_days)
    except UnusableFile as error:
        log.warning("there is no telemetry", extra={"problem": str(error)})
        return None


def _load_games(settings: Settings) -> Mapping[GameName, Game[Any]]:
    registry = load_games(paths=settings.games)
    for broken in registry.broken:
        if broken.is_named:  # by whoever starts the server, and who can put it right
            raise StartError(f"The game {broken.source} cannot be loaded: {broken.problem}.")
        log.warning("a game is left out", extra={"source": broken.source, "problem": broken.problem})
    return registry.games

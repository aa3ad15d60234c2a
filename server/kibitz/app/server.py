"""One server: all its objects, in the order in which they begin and end.

Start: data directory, accounts, journal, rooms read back from it, then the port; whoever can connect
finds every room as it was. Stop: nobody new, all told when to come back, what was accepted is
committed and answered, then connections, journal, accounts, directory.
"""

import asyncio
import errno
import logging
import os
import random
import socket
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.errors import AccountsUnusable
from kibitz.app.admission import Admission
from kibitz.app.cache import open_cache
from kibitz.app.crash_slot import CrashSlot
from kibitz.app.datadir import DataDir, StartError, port_taken
from kibitz.app.descriptors import connections_most
from kibitz.app.error_counts import ErrorCounts
from kibitz.app.etl_state import EtlState
from kibitz.app.gauges import add_gauges
from kibitz.app.listeners import Listeners
from kibitz.app.measuring import Measuring
from kibitz.app.observer import Observer
from kibitz.app.ratings import Ratings
from kibitz.app.room_counts import RoomCounts
from kibitz.app.sampler import Sources
from kibitz.app.storage import Storage
from kibitz.app.waits import Waits
from kibitz.clock import Clock, SystemClock
from kibitz.codes import Code
from kibitz.config import Reach, Settings, reach
from kibitz.games.registry import load_games
from kibitz.http.admin import AdminApi
from kibitz.http.admin_live import AdminLiveApi
from kibitz.http.admin_rooms import AdminRoomsApi
from kibitz.http.application import make_application
from kibitz.http.assets import find_dist, load_client
from kibitz.http.audit import AuditApi
from kibitz.http.cache.freshness import Freshness
from kibitz.http.cache.responses import ResponseCache
from kibitz.http.catalog import Catalog
from kibitz.http.feed import FeedApi, Feeds
from kibitz.http.game_views import GameViews
from kibitz.http.games import GamesApi
from kibitz.http.health import HealthApi
from kibitz.http.histories import Histories, HistoriesApi
from kibitz.http.identity import Identity
from kibitz.http.players import PlayersApi
from kibitz.http.ports import Live, LiveCounts
from kibitz.http.quick import QuickApi
from kibitz.http.quotas import Quotas
from kibitz.http.replays import ReplaysApi
from kibitz.http.resources.pages import SocketSettings
from kibitz.http.rooms import RoomsApi
from kibitz.http.sessions import SessionsApi
from kibitz.http.site import Site
from kibitz.http.worker import ClientApi
from kibitz.ids import GameName, PlayerId, is_bot
from kibitz.journal.errors import JournalUnusable
from kibitz.journal.journal import Journal
from kibitz.journal.sqlite import SqliteJournal
from kibitz.metrics import names as metric_names
from kibitz.metrics.histogram import Histogram
from kibitz.metrics.registry import Metrics
from kibitz.play.application import Play
from kibitz.play.events import EVENTS
from kibitz.play.rates import PlayerRates
from kibitz.protocol.messages import PROTOCOL
from kibitz.rooms.bots.brains import ProcessBrains
from kibitz.rooms.directory.archive import Archive
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.quick import QuickMatch
from kibitz.rooms.directory.seatings import Seatings
from kibitz.rooms.guard.guard import Guard
from kibitz.rooms.services.brain_pool import BrainPool
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.ticker import Ticker
from kibitz.rules import Game
from kibitz.sqlite_file import UnusableFile
from kibitz.telemetry.telemetry import Telemetry
from kibitz.transport.batches import BroadcastConfig, Compression
from kibitz.transport.config import KIBITZ_PROFILE
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.server import SocketServer

log = logging.getLogger(__name__)

TICK_LONGEST_S = 0.25
DAY_MS = 24 * 3_600_000
NOTICE_S = 0.3
"""How long clients on long-polling get to fetch the notice before their session ends."""
CLOSE_MS = 1_500
BOT_NAME = "Bot"
"""What bots of the server itself are called; they have no account."""

Fatal = Callable[[str], None]
OpenJournal = Callable[[Path, Fatal, Clock], Journal]


class Server:
    """A running server. Made by `start`, ended by `stop`; all of it lives on one event loop."""

    def __init__(
        self,
        settings: Settings,
        there: Reach,
        *,
        clock: Clock,
        journal: Journal,
        accounts: Accounts,
        games: Mapping[GameName, Game[Any]],
        brains: BrainPool,
        rooms: RoomsConfig,
        dist: Path,
        telemetry: Telemetry | None,
        metrics: Metrics,
        slot: CrashSlot,
        ratings: Ratings,
        cache: ResponseCache,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.settings = settings
        self.reach = there
        self.journal = journal
        self.slot = slot
        self.metrics = metrics
        self._clock = clock
        self._is_ready = False
        self._timer: asyncio.Handle | None = None
        self._undo: AsyncExitStack | None = None
        self._sockets = SocketServer(
            replace(
                KIBITZ_PROFILE,
                ping_interval_ms=settings.ping_interval_ms,
                ping_timeout_ms=settings.ping_timeout_ms,
                connections_max=connections_most(KIBITZ_PROFILE.connections_max),
            ),
            clock=clock,
            origins=OriginPolicy(there.origins, there.hosts),
            admission=Admission(clock, settings.trusted_proxies) if settings.limits_on else None,
        )
        identity = Identity(accounts, there)

        def names(player: PlayerId) -> str | None:
            return accounts.player_name(player) or (BOT_NAME if is_bot(player) else None)

        self._play = Play(
            self._sockets.namespace("/"),
            accounts=accounts,
            names=names,
            cookie_name=there.cookie_name,
            clock=clock,
            later=loop.call_later,
            retry_ms=random.SystemRandom().randint,
            broadcast=BroadcastConfig(
                batch_interval_ms=settings.batch_interval_ms,
                compression=cast("Compression", settings.batch_compression),
                priority="state",
            ),
        )
        self._feeds = Feeds(names, clock)
        self._storage = Storage(clock)
        self._telemetry = telemetry
        self._measuring = Measuring(metrics, EVENTS, games, is_on=settings.telemetry_on)
        observer = Observer(metrics, telemetry, clock, self._measuring.apply)
        tables = self._play.tables
        self._seatings = Seatings()
        brained = {name: game.brain is not None for name, game in games.items()}
        self._quick = QuickMatch(clock, settings.quick_bots_ms, brained, Waits(telemetry, clock).told)
        fresh = Freshness(cache, self._seatings.rooms_of)
        ratings.changed = fresh.rated
        self._ratings = ratings
        listeners = Listeners(
            tables,
            self._feeds,
            self._storage,
            observer,
            self._seatings,
            self._quick,
            ratings,
            fresh,
            gallery=(tables, self._feeds),
            took=self._measuring.broadcast,
        )
        self.directory = Directory(
            games=games,
            journal=journal,
            clock=clock,
            listener=listeners,
            gallery=listeners,
            brains=brains,
            defer=loop.call_soon,
            config=rooms,
            is_watched=self._feeds.is_followed,
            guard=Guard(slot.memory),
            quarantine=slot.quarantine,
            ticker=Ticker(clock, loop.call_later),
            frames=self._play.frames,
        )
        reports = observer.reports(self._measuring.times)
        self._play.open(self.directory, PlayerRates(clock, is_on=settings.limits_on), reports)
        quotas = Quotas(clock, is_on=settings.limits_on, proxies=settings.trusted_proxies)
        archive = Archive(journal, games)
        catalog = Catalog(self.directory, archive, games, names, quotas, there, self._quick.bots_at_ms)
        views = GameViews(games)
        for missing in views.missing:
            log.warning("a game has no view", extra={"game": missing.game, "problem": missing.problem})
        games_api = GamesApi(games, views, cache)
        histories = Histories(archive, self.directory, clock)
        players = PlayersApi(
            identity,
            ratings.standings,
            self._seatings.rooms_of,
            self.directory,
            catalog,
            names,
            frozenset(games),
            cache,
        )
        admin_rooms = AdminRoomsApi(accounts, identity, self.directory, catalog, histories, names, quotas)
        live = Live(self._counts, lambda: not self._is_ready, clock.now_us() // 1000)
        client = load_client(dist)
        # A page that stayed open, or was kept, learns from it that the server is another one by now.
        self._sockets.namespace("/").greeting = {
            "protocol": PROTOCOL,
            "build": "" if client is None else client.manifest.build,
        }
        socket_settings = SocketSettings(
            KIBITZ_PROFILE.path,
            settings.ping_interval_ms,
            settings.ping_timeout_ms,
            ["websocket", "polling"],
        )
        self.application = make_application(
            [
                *SessionsApi(accounts, identity, quotas, there, fresh.renamed).routes(),
                *players.routes(),
                *games_api.routes(),
                *RoomsApi(
                    self.directory, archive, catalog, identity, quotas, cache, fresh.room_made
                ).routes(),
                *QuickApi(self._quick, identity, quotas, fresh.room_made).routes(),
                *ReplaysApi(archive, self.directory, identity, names, quotas, clock).routes(),
                *HistoriesApi(archive, histories, quotas).routes(),
                *FeedApi(
                    self._feeds, self.directory, identity, quotas, random.SystemRandom().randint
                ).routes(),
                *AdminApi(accounts, identity, quotas).routes(),
                *AdminLiveApi(identity, self.directory, catalog, live, clock).routes(),
                *admin_rooms.routes(),
                *AuditApi(accounts, identity).routes(),
                *HealthApi(self._not_ready).routes(),
                *ClientApi(client).routes(),
            ],
            Site(
                client,
                catalog,
                games_api.described,
                views,
                identity,
                socket_settings,
                is_worker_on=settings.service_worker == "on",
            ),
            there,
            quotas,
            observer.refused,
            self._measuring.answered,
        )
        rooms_open = RoomCounts(self.directory)
        stats = journal.stats if isinstance(journal, SqliteJournal) else None
        self._sources = Sources(
            self._sockets, rooms_open, self._play.players_connected, lambda: observer.moves, stats
        )
        add_gauges(
            metrics,
            self._sockets,
            self._play,
            self.directory,
            rooms_open,
            self._feeds,
            journal,
            telemetry,
            EtlState(settings.data, clock),
            ratings,
            self._quick,
        )

    @classmethod
    async def start(
        cls,
        settings: Settings,
        *,
        fatal: Fatal,
        clock: Clock | None = None,
        open_journal: OpenJournal | None = None,
        brains: BrainPool | None = None,
        rooms: RoomsConfig | None = None,
        dist: Path | None = None,
    ) -> "Server":
        """Everything up and the port open. `fatal` gets a sentence when the journal broke, and must end
        the process. Raises `StartError`; nothing is left open then.
        """
        clock = clock or SystemClock()
        async with AsyncExitStack() as undo:
            directory = DataDir(settings.data)
            undo.callback(directory.release)
            metrics = Metrics()
            errors = ErrorCounts(metrics)
            logging.getLogger().addHandler(errors)
            undo.callback(logging.getLogger().removeHandler, errors)
            try:
                slot = CrashSlot(settings.data, clock)
            except OSError as error:
                raise StartError(
                    f"The data directory {settings.data} cannot be used ({error.strerror})."
                ) from error
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
            registry = load_games(paths=settings.games)
            for broken in registry.broken:
                if broken.is_named:  # by whoever starts the server, and who can put it right
                    raise StartError(f"The game {broken.source} cannot be loaded: {broken.problem}.")
                log.warning("a game is left out", extra={"source": broken.source, "problem": broken.problem})
            if brains is None:
                brains = ProcessBrains()
                undo.push_async_callback(brains.close)
            port = settings.port or _free_port()
            server = cls(
                settings,
                reach(settings, port),
                clock=clock,
                journal=journal,
                accounts=accounts,
                games=registry.games,
                brains=brains,
                rooms=rooms or RoomsConfig(playing_unjoined_ms=settings.match_unjoined_days * DAY_MS),
                dist=dist or find_dist(),
                slot=slot,
                telemetry=telemetry,
                metrics=metrics,
                ratings=ratings,
                cache=cache,
            )
            await server._open(undo, port)
            server._undo = undo.pop_all()
            return server

    async def _open(self, undo: AsyncExitStack, port: int) -> None:
        recovered = self.directory.recover()
        self._seatings.begin(self.directory.all())
        self._quick.begin(self.directory)
        log.info("rooms recovered", extra={"rooms": recovered.rooms, "refused": len(recovered.refused)})
        for room_id, refusal in recovered.refused.items():
            log.warning("a room is not playable", extra={"room_id": room_id, "code": refusal.code})
        if self.settings.metrics_port:
            from kibitz.app.scrape import serve_metrics  # only then: it takes a tenth of a second

            scrape = await serve_metrics(self.metrics, self.settings.metrics_port)
            undo.push_async_callback(scrape.cleanup)
        try:
            await self._sockets.listen(self.application, self.reach.bind, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise port_taken(port, "--port") from error
            raise StartError(f"Port {port} cannot be opened: {os.strerror(error.errno or 0)}.") from error
        self._is_ready = True
        self._ratings.start()
        # Not within this call: whoever started the server may want to watch what rooms do.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_soon(self._tick)
        self._measuring.start(loop, self._telemetry, self._clock, self._sources)

    async def stop(self) -> None:
        """Drain, then end everything. May be called twice."""
        if self._undo is None:
            return
        undo, self._undo = self._undo, None
        async with undo:
            self._is_ready = False
            self.directory.drain()
            self._play.drain()
            self._feeds.close()
            await self.journal.flush()
            if self._sockets.connections().polling:
                await asyncio.sleep(NOTICE_S)
            self._sockets.stop_accepting()
            await self._sockets.close(timeout_ms=CLOSE_MS)
            if self._timer is not None:
                self._timer.cancel()
            self._measuring.close()
            await self.journal.flush()

    def _not_ready(self) -> Code | None:
        if not self._is_ready:
            return Code.DRAINING
        return Code.UNAVAILABLE if self._storage.is_failing else None

    @property
    def port(self) -> int:
        return self._sockets.port

    def _tick(self) -> None:
        """One timer for everything that is due in any room."""
        wait_s = TICK_LONGEST_S
        try:
            self.directory.tick()
            self._quick.tick()
            self._play.measure()
            wait_s = (self.directory.next_deadline_us() - self._clock.monotonic_us()) / 1e6
        except Exception:
            # Other rooms' deadlines must not depend on the one that failed.
            log.exception("a tick failed")
        # Bounded, since a deadline may be set nearer than any that was known a moment ago.
        wait_s = min(max(wait_s, 0.001), TICK_LONGEST_S)
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _counts(self) -> LiveCounts:
        counts = self._sockets.connections()
        return LiveCounts(self._play.players_connected(), counts.websocket, counts.polling)


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


def _free_port() -> int:
    """Port 0 is settled before anything is built, because Host, Origin and links name the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

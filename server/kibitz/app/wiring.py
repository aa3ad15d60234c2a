"""Who is told what: the rooms of a server, the connections, and everything between them.

Nothing runs yet once it is wired; `Server` begins and ends it.
"""

import asyncio
import random
from dataclasses import replace
from typing import cast

from kibitz.app.admission import Admission
from kibitz.app.descriptors import connections_most
from kibitz.app.etl_state import EtlState
from kibitz.app.gauges import add_gauges
from kibitz.app.listeners import Listeners
from kibitz.app.measuring import Measuring
from kibitz.app.observer import Observer
from kibitz.app.opening import Opened
from kibitz.app.room_counts import RoomCounts
from kibitz.app.sampler import Sources
from kibitz.app.storage import Storage
from kibitz.app.waits import Waits
from kibitz.clock import Clock
from kibitz.config import Settings
from kibitz.http.cache.freshness import Freshness
from kibitz.http.feeds import Feeds
from kibitz.http.ports import LiveCounts
from kibitz.ids import PlayerId, is_bot
from kibitz.journal.sqlite import SqliteJournal
from kibitz.play.application import Play
from kibitz.play.events import EVENTS
from kibitz.play.rates import PlayerRates
from kibitz.protocol.messages import PROTOCOL
from kibitz.reach import Reach
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.quick import QuickMatch
from kibitz.rooms.directory.seatings import Seatings
from kibitz.rooms.guard.guard import Guard
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.services.ticker import Ticker
from kibitz.transport.batches import BroadcastConfig, Compression
from kibitz.transport.config import KIBITZ_PROFILE
from kibitz.transport.origins import OriginPolicy
from kibitz.transport.server import SocketServer

BOT_NAME = "Bot"
"""What bots of the server itself are called; they have no account."""


class Wiring:
    """The parts of one server. `build` is that of the players' client, empty where it is not built."""

    def __init__(
        self, settings: Settings, there: Reach, opened: Opened, rooms: RoomsConfig, build: str
    ) -> None:
        loop = asyncio.get_running_loop()
        clock, games, metrics = opened.clock, opened.games, opened.metrics
        self._accounts = opened.accounts
        self.sockets = _make_sockets(settings, there, clock)
        # A page that stayed open, or was kept, learns from it that the server is another one by now.
        self.sockets.namespace("/").greeting = {"protocol": PROTOCOL, "build": build}
        self.play = Play(
            self.sockets.namespace("/"),
            accounts=opened.accounts,
            names=self.name_of,
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
        self.feeds = Feeds(self.name_of, clock)
        self.storage = Storage(clock)
        self.measuring = Measuring(metrics, EVENTS, games, is_on=settings.telemetry_on)
        self.observer = Observer(metrics, opened.telemetry, clock, self.measuring.apply)
        self.seatings = Seatings()
        brained = {name: game.brain is not None for name, game in games.items()}
        told = Waits(opened.telemetry, clock).told
        self.quick = QuickMatch(clock, settings.quick_bots_ms, brained, told)
        self.fresh = Freshness(opened.cache, self.seatings.rooms_of)
        opened.ratings.changed = self.fresh.rated
        listeners = self._listeners(opened)
        self.directory = Directory(
            games=games,
            journal=opened.journal,
            clock=clock,
            listener=listeners,
            gallery=listeners,
            brains=opened.brains,
            defer=loop.call_soon,
            config=rooms,
            is_watched=self.feeds.is_followed,
            guard=Guard(opened.slot.memory),
            quarantine=opened.slot.quarantine,
            ticker=Ticker(clock, loop.call_later),
            frames=self.play.frames,
        )
        rates = PlayerRates(clock, is_on=settings.limits_on)
        self.play.open(self.directory, rates, self.observer.reports(self.measuring.times))
        self.sources = self._measured(settings, opened)

    def name_of(self, player: PlayerId) -> str | None:
        return self._accounts.player_name(player) or (BOT_NAME if is_bot(player) else None)

    def counts(self) -> LiveCounts:
        counts = self.sockets.connections()
        return LiveCounts(self.play.players_connected(), counts.websocket, counts.polling)

    def _listeners(self, opened: Opened) -> Listeners:
        """In the order in which they are told: first those for whom players wait."""
        tables = self.play.tables
        return Listeners(
            tables,
            self.feeds,
            self.storage,
            self.observer,
            self.seatings,
            self.quick,
            opened.ratings,
            self.fresh,
            gallery=(tables, self.feeds),
            took=self.measuring.broadcast,
        )

    def _measured(self, settings: Settings, opened: Opened) -> Sources:
        """What samples are made of; whatever a scrape reads has its reader by then."""
        rooms_open = RoomCounts(self.directory)
        journal = opened.journal
        add_gauges(
            opened.metrics,
            self.sockets,
            self.play,
            self.directory,
            rooms_open,
            self.feeds,
            journal,
            opened.telemetry,
            EtlState(settings.data, opened.clock),
            opened.ratings,
            self.quick,
        )
        stats = journal.stats if isinstance(journal, SqliteJournal) else None
        observer = self.observer
        return Sources(self.sockets, rooms_open, self.play.players_connected, lambda: observer.moves, stats)


def _make_sockets(settings: Settings, there: Reach, clock: Clock) -> SocketServer:
    return SocketServer(
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

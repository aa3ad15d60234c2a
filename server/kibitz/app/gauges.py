"""What a scrape reads from the parts, beside what they count themselves."""

from collections.abc import Iterable, Mapping

from kibitz import __version__
from kibitz.app.etl_state import EtlState
from kibitz.app.ratings import Ratings
from kibitz.app.room_counts import RoomCounts
from kibitz.http.feeds import Feeds
from kibitz.journal.journal import Journal
from kibitz.journal.sqlite import SqliteJournal
from kibitz.metrics import names
from kibitz.metrics.registry import Labels, Metrics, Values
from kibitz.play.application import Play
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.directory.quick import QuickMatch
from kibitz.telemetry.telemetry import Telemetry
from kibitz.transport.server import SocketServer
from kibitz.transport.session import Session, State

PAGE_BYTES = 4096
_STATES = {
    State.POLLING: ("polling", "open"),
    State.PROBING: ("polling", "upgrading"),
    State.PROBED: ("polling", "upgrading"),
    State.WEBSOCKET: ("websocket", "open"),
}
_OUTBOX = {
    ("state", "deferred"): "state_deferred",
    ("state", "replaced"): "state_replaced",
    ("state", "rendered"): "state_rendered",
    ("volatile", "dropped"): "volatile_dropped",
    ("kept", "closed_by_bytes"): "slow_bytes",
    ("kept", "closed_by_age"): "slow_time",
}


def add_gauges(
    metrics: Metrics,
    sockets: SocketServer,
    play: Play,
    directory: Directory,
    rooms: RoomCounts,
    feeds: Feeds,
    journal: Journal,
    telemetry: Telemetry | None,
    etl: EtlState,
    ratings: Ratings,
    quick: QuickMatch,
) -> None:
    """Give every metric that is not counted its reader; each is asked only when somebody scrapes."""
    counters = sockets.counters
    read = metrics.read
    read(names.INFO, lambda: {(__version__,): 1.0})
    read(names.SESSIONS_OPENED, lambda: _one(counters.sessions_opened))
    read(names.SESSIONS_ENDED, lambda: {(reason.value,): n for reason, n in counters.ended.items()})
    read(names.HANDSHAKES_REFUSED, lambda: _one(counters.handshakes_refused))
    read(names.UPGRADES, lambda: _one(counters.upgrades))
    read(names.RECOVERED, lambda: _named({"yes": counters.recovered, "no": counters.not_recovered}))
    read(names.BYTES, lambda: _named({"in": counters.bytes_in, "out": counters.bytes_out}))
    read(names.OUTBOX, lambda: {key: getattr(counters, name) for key, name in _OUTBOX.items()})
    read(names.CONNECTIONS, lambda: _connections(sockets.sessions()))
    read(names.TCP, lambda: _one(sockets.connections().tcp))
    read(names.PLAYERS, lambda: _one(play.players_connected()))
    read(names.RECONNECTING, lambda: _one(play.players_reconnecting()))
    read(names.FEEDS, lambda: _one(feeds.followers))
    read(names.ROOMS, lambda: _named(rooms.counts()))
    read(names.ROOMS_LOADED, lambda: _one(directory.loaded))
    read(names.FALLBACKS, lambda: _one(directory.bot_fallbacks))
    read(names.QUICK_WAITING, lambda: _one(quick.waiting))
    read(names.RATINGS_AGE, lambda: {} if (age_s := ratings.age_s()) is None else _one(age_s))
    ticker = directory.ticker
    read(names.ROOMS_TICKING, lambda: _one(ticker.rooms))
    read(names.TICKS, lambda: _named({"done": ticker.ticks, "left_out": ticker.left_out}))
    read(names.TICK_LATE, lambda: {(name,): ms / 1000 for name, ms in ticker.late_ms().items()})
    if telemetry is not None:
        stats = telemetry.stats
        read(
            names.TELEMETRY,
            lambda: _named({"written": stats.written, "dropped": stats.dropped, "failed": stats.failed}),
        )
        read(names.TELEMETRY_WAITING, lambda: _one(telemetry.waiting))
    if isinstance(journal, SqliteJournal):
        _add_journal(metrics, journal, etl)


def _add_journal(metrics: Metrics, journal: SqliteJournal, etl: EtlState) -> None:
    stats, read = journal.stats, metrics.read
    read(names.JOURNAL_ROWS, lambda: _one(stats.rows))
    read(names.JOURNAL_COMMITS, lambda: _one(stats.commits))
    read(
        names.JOURNAL_REFUSED,
        lambda: _named({"conflict": stats.conflicts, "unavailable": stats.unavailable}),
    )
    read(
        names.JOURNAL_CHECKPOINTS,
        lambda: _named({"done": stats.checkpoints, "failed": stats.checkpoint_failures}),
    )
    read(names.JOURNAL_SNAPSHOTS, lambda: _one(stats.snapshot_failures))
    read(names.JOURNAL_LOG, lambda: _one(stats.wal_pages * PAGE_BYTES))
    read(names.ETL_LAG, lambda: _known(etl.lag_events(journal.newest())))
    read(names.ETL_AGE, lambda: _known(etl.age_s()))
    read(names.ETL_STATE, lambda: _named(etl.states()))


def _one(value: float) -> Values:
    return {(): value}


def _known(value: float | None) -> Values:
    return {} if value is None else {(): value}


def _named(values: Mapping[str, float]) -> Values:
    return {(name,): value for name, value in values.items()}


def _connections(sessions: Iterable[Session]) -> Values:
    found: dict[Labels, float] = dict.fromkeys(
        [*_STATES.values(), ("websocket", "closing"), ("polling", "closing")], 0.0
    )
    for session in sessions:
        found[_STATES.get(session.state) or (session.channel.name, "closing")] += 1
    return found

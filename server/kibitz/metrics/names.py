"""Every metric that the server has of its own: name, kind, labels and meaning.

One table: the registry refuses what is not in it, the scrape takes its help texts from it, and a test holds
docs/operating.md and the files in deploy/ to it. Values of labels come from closed lists, never from clients.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What Prometheus calls it. A counter's scraped name ends in `_total`, a histogram is in seconds."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """`subject`: of a histogram, what telemetry calls it. Compared and hashed by identity."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    text: str
    subject: str = ""


def _counter(name: str, labels: str, text: str) -> Declared:
    return Declared(name, Kind.COUNTER, tuple(labels.split()), text)


def _gauge(name: str, labels: str, text: str) -> Declared:
    return Declared(name, Kind.GAUGE, tuple(labels.split()), text)


def _times(subject: str, labels: str, text: str) -> Declared:
    return Declared(f"kibitz_{subject}_seconds", Kind.HISTOGRAM, tuple(labels.split()), text, subject)


ROUTE = _times("route", "route", "from a REST request's arrival to its answer; streams are left out")
EVENT = _times("event", "event", "from an event's arrival to its acknowledgement, a commit included")
ACTION = _times("action", "game action", "from an action's arrival to its acknowledgement, a commit included")
APPLY = _times("apply", "", "validating and applying an action that was stored, bots' included")
COMMIT = _times("commit", "", "one transaction of the journal, with its sync to the disk")
BROADCAST = _times("broadcast", "", "telling everybody of one commit of a room: render, encode, queue")
LOOP_LAG = _times("loop_lag", "", "how late a timer of the event loop came, asked ten times a second")
HTTP_CACHE = _times("http_cache", "", "making what a cache of REST did not have")

REFUSED = _counter("kibitz_refused_total", "code", "messages and requests that were refused")
CONFLICTS = _counter("kibitz_conflicts_total", "resolution", "actions made on an older state")
INCIDENTS = _counter("kibitz_incidents_total", "kind", "what should not happen (data/README.md, Telemetry)")
GARBAGE = _counter("kibitz_garbage_total", "of", "messages that no contract knows")
RESYNCS = _counter(
    "kibitz_resyncs_total", "mode", "clients that asked for a room's state again, by the answer"
)
FEATURES = _counter("kibitz_features_total", "feature", "uses of a feature")
ERRORS = _counter(
    "kibitz_errors_total", "kind name", "faults of the server itself (data/README.md, `errors`)"
)
MOVES = _counter("kibitz_moves_total", "", "actions that were stored, bots' included")

SESSIONS_OPENED = _counter("kibitz_sessions_opened_total", "", "realtime connections that were opened")
SESSIONS_ENDED = _counter("kibitz_sessions_ended_total", "reason", "realtime connections that ended")
HANDSHAKES_REFUSED = _counter("kibitz_handshakes_refused_total", "", "realtime connections that were refused")
UPGRADES = _counter("kibitz_upgrades_total", "", "connections that went from polling to websocket")
RECOVERED = _counter(
    "kibitz_recovered_total", "result", "lost connections that were asked for, by `yes` or `no`"
)
BYTES = _counter("kibitz_socket_bytes_total", "direction", "bytes of realtime connections, `in` and `out`")
OUTBOX = _counter(
    "kibitz_outbox_total",
    "class decision",
    "what was decided for slow clients: `state` was deferred, replaced by a newer one or rendered late, "
    "`volatile` was dropped, `kept` ended the connection by its bytes or its age",
)
CONNECTIONS = _gauge(
    "kibitz_connections", "transport state", "realtime connections: open, upgrading, closing"
)
TCP = _gauge("kibitz_tcp_connections", "", "TCP connections of the port, REST's included")
PLAYERS = _gauge("kibitz_players", "", "players with a connection")
RECONNECTING = _gauge("kibitz_players_reconnecting", "", "players whose connection was lost in the last 30 s")
FEEDS = _gauge("kibitz_feeds", "", "open feeds of rooms")

ROOMS = _gauge("kibitz_rooms", "status", "open rooms by status")
ROOMS_LOADED = _gauge("kibitz_rooms_in_memory", "", "rooms in memory")
ROOMS_TICKING = _gauge("kibitz_rooms_ticking", "", "rooms whose match ticks now")
TICKS = _counter(
    "kibitz_ticks_total", "result", "ticks `done`, and `left_out` because the process was too late"
)
TICK_LATE = _gauge("kibitz_tick_late_seconds", "quantile", "how late the newest 4,096 ticks began")
FALLBACKS = _counter("kibitz_bot_fallbacks_total", "", "moves that a server's bot did not think of itself")

JOURNAL_ROWS = _counter("kibitz_journal_rows_total", "", "events stored")
JOURNAL_COMMITS = _counter("kibitz_journal_commits_total", "", "transactions")
JOURNAL_REFUSED = _counter("kibitz_journal_refused_total", "reason", "events that could not be stored")
JOURNAL_CHECKPOINTS = _counter(
    "kibitz_journal_checkpoints_total", "result", "checkpoints, `done` and `failed`"
)
JOURNAL_SNAPSHOTS = _counter("kibitz_journal_snapshot_failures_total", "", "recovery points not stored")
JOURNAL_LOG = _gauge("kibitz_journal_log_bytes", "", "the write-ahead log at the last checkpoint")
TELEMETRY = _counter(
    "kibitz_telemetry_records_total", "result", "records `written`, `dropped`; `failed` tries"
)
TELEMETRY_WAITING = _gauge("kibitz_telemetry_waiting", "", "records that are not written yet")
CACHE = _counter("kibitz_cache_total", "cache result", "answers of REST: `hit` or `miss`")
STALLS = _counter("kibitz_watchdog_stalls_total", "", "times the event loop stood still for more than 120 ms")
INTERRUPTS = _counter("kibitz_watchdog_interrupts_total", "", "calls of games that were ended")
LONGEST_STALL = _gauge(
    "kibitz_watchdog_longest_stall_seconds", "", "the longest of the stalls since the start"
)
ETL_LAG = _gauge("kibitz_etl_lag_events", "", "events of the journal that the ETL has not loaded")
ETL_AGE = _gauge("kibitz_etl_age_seconds", "", "since the ETL last looked for new events")
ETL_STATE = _gauge("kibitz_etl_state", "state", "1 for the ETL's state: `ok`, `waiting`, `failed`")
RATINGS_AGE = _gauge("kibitz_ratings_age_seconds", "", "since the ratings last looked for matches that ended")
QUICK_WAITING = _gauge("kibitz_quick_waiting", "", "players who wait for a quick match")
INFO = _gauge("kibitz_info", "version", "always 1")

DECLARED = tuple(value for value in list(globals().values()) if isinstance(value, Declared))
"""All of them, in the order of this file."""


def metrics_table() -> str:
    """The table of docs/operating.md, in Markdown."""
    head = "| metric | kind | labels | what |\n|---|---|---|---|\n"
    return head + "".join(
        f"| `{each.name}` | {each.kind.value} | {', '.join(f'`{label}`' for label in each.labels) or '-'} "
        f"| {each.text} |\n"
        for each in DECLARED
    )

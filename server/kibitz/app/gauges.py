"""What a scrape reads from the parts, beside what they count themselves."""

from dataclasses import asdict

from kibitz.http.feed import Feeds
from kibitz.journal.journal import Journal
from kibitz.journal.sqlite import SqliteJournal
from kibitz.metrics import Metrics
from kibitz.rooms.directory.directory import Directory
from kibitz.telemetry.telemetry import Telemetry
from kibitz.transport.server import SocketServer


def add_gauges(
    metrics: Metrics,
    sockets: SocketServer,
    directory: Directory,
    feeds: Feeds,
    journal: Journal,
    telemetry: Telemetry | None,
) -> None:
    """Register one gauge per part; each is read only when somebody scrapes."""

    def connections() -> dict[str, float]:
        counts = sockets.connections()
        return {"websocket": counts.websocket, "polling": counts.polling, "tcp": counts.tcp}

    def rooms() -> dict[str, float]:
        found = dict.fromkeys(("waiting", "playing", "paused", "finished", "faulted"), 0.0)
        for room in directory.all():
            found[room.status] += 1
        found["in_memory"] = directory.loaded
        return found

    def transport() -> dict[str, float]:
        counted = asdict(sockets.counters)
        del counted["ended"]
        return counted

    def ended() -> dict[str, float]:
        return {reason.value: n for reason, n in sockets.counters.ended.items()}

    metrics.gauge("transport", "What the transport counted since the start.", transport)
    metrics.gauge("sessions_ended", "Realtime sessions that ended, by reason, since the start.", ended)
    metrics.gauge("connections", "Realtime sessions by transport, and TCP connections.", connections)
    metrics.gauge("rooms", "Open rooms by status, and how many of them are in memory.", rooms)
    metrics.gauge(
        "bots",
        "Moves that a server's bot did not think of itself, since the start.",
        lambda: {"fallbacks": directory.bot_fallbacks},
    )
    ticker = directory.ticker
    metrics.gauge(
        "ticks",
        "Rooms that tick, ticks done, and ticks left out because the process was too late, since the start.",
        lambda: {"rooms": ticker.rooms, "done": ticker.ticks, "left_out": ticker.left_out},
    )
    metrics.gauge("tick_late_ms", "How late the newest ticks began.", ticker.late_ms)
    if telemetry is not None:
        metrics.gauge(
            "telemetry",
            "Records of telemetry, since the start.",
            lambda: {**asdict(telemetry.stats), "waiting": telemetry.waiting},
        )
    metrics.gauge("feeds", "Open feeds of rooms.", lambda: {"sse": feeds.followers})
    if isinstance(journal, SqliteJournal):
        metrics.gauge("journal", "What the journal counted since the start.", lambda: asdict(journal.stats))

"""What happened in rooms and connections, passed on to metrics and telemetry: play's reports, and a
`RoomListener`. Without telemetry only the metrics are told."""

from collections.abc import Iterable

from kibitz.clock import Clock
from kibitz.ids import PlayerId, RoomId
from kibitz.journal.records import EventKind
from kibitz.metrics import names
from kibitz.metrics.histogram import Histogram
from kibitz.metrics.names import Declared
from kibitz.metrics.registry import Metrics
from kibitz.play.answer_times import AnswerTimes
from kibitz.play.features import FEATURES
from kibitz.play.reports import Doubt, Ended, Reports
from kibitz.rooms.conflicts import Conflict, Resolution
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update
from kibitz.telemetry import records
from kibitz.telemetry.records import IDLE, FeatureUse, Incident, IncidentKind, Refusal, Session
from kibitz.telemetry.telemetry import Telemetry

REFUSED = "refused"
_COUNTERS: dict[str, Declared] = {
    REFUSED: names.REFUSED,
    "garbage": names.GARBAGE,
    "resync": names.RESYNCS,
}
_KNOWN: dict[Declared, Iterable[str]] = {
    names.GARBAGE: ("messages",),
    names.RESYNCS: ("current", "patches", "snapshot"),
    names.CONFLICTS: [resolution.value for resolution in Resolution],
    names.INCIDENTS: [kind.value for kind in IncidentKind],
    names.FEATURES: sorted(FEATURES),
}
# Python 3.11 takes longer for a member of an enum than for a call; this one is asked for every move.
_ACTION = EventKind.ACTION

_KINDS = {
    Doubt.WRONG_CHECKSUM: IncidentKind.WRONG_CHECKSUM,
    Doubt.PATCH_FAILED: IncidentKind.PATCH_FAILED,
}


class Observer:
    """Lives as long as the server."""

    def __init__(
        self, metrics: Metrics, telemetry: Telemetry | None, clock: Clock, apply: Histogram | None = None
    ) -> None:
        """`apply` takes how long stored actions were validated and applied."""
        self.moves = 0
        """Actions that were stored."""
        self._metrics = metrics
        self._telemetry = telemetry
        self._clock = clock
        self._apply = apply
        metrics.read(names.MOVES, lambda: {(): self.moves})
        # From 0, or Prometheus would take no notice of the first.
        for declared, labels in _KNOWN.items():
            for label in labels:
                metrics.count(declared, label, n=0)

    def reports(self, times: AnswerTimes | None = None) -> Reports:
        """For `Play.open`."""
        return Reports(self._count, self._conflict, self._resynced, self._used, self._ended, times)

    def refused(self, code: str) -> None:
        """For REST: a request was refused."""
        self._count(REFUSED, code, 1)

    def _count(self, what: str, label: str, n: int) -> None:
        self._metrics.count(_COUNTERS[what], label, n=n)
        if what == REFUSED and self._telemetry is not None:
            self._telemetry.add(Refusal(self._clock.now_us(), label))

    def _conflict(self, room: RoomId, player: PlayerId, conflict: Conflict) -> None:
        self._metrics.count(names.CONFLICTS, conflict.resolution.value)
        if self._telemetry is not None:
            self._telemetry.add(
                records.Conflict(
                    self._clock.now_us(),
                    room,
                    player,
                    conflict.client_version,
                    conflict.server_version,
                    conflict.type.value,
                    conflict.resolution.value,
                )
            )

    def _resynced(
        self, doubt: Doubt, room: Room, player: PlayerId, version: int, checksum: int, transport: str
    ) -> None:
        self._incident(_KINDS[doubt], room, player, version, transport, f"held {checksum}")

    def _used(self, player: PlayerId, name: str, count: int) -> None:
        self._metrics.count(names.FEATURES, name, n=count)
        if self._telemetry is not None:
            self._telemetry.add(FeatureUse(self._clock.now_us(), name, player, count))

    def _ended(self, ended: Ended) -> None:
        if self._telemetry is not None:
            self._telemetry.add(
                Session(
                    ended.ended_us,
                    ended.session_id,
                    ended.player,
                    ended.opened_us,
                    ended.transport,
                    ended.upgraded,
                    ended.latency_ms,
                    ended.reconnects,
                    ended.acts,
                    IDLE if ended.reason is None else ended.reason.value,
                )
            )

    def _incident(
        self,
        kind: IncidentKind,
        room: Room,
        player: PlayerId | None = None,
        version: int | None = None,
        transport: str | None = None,
        detail: str = "",
    ) -> None:
        self._metrics.count(names.INCIDENTS, kind.value)
        if self._telemetry is not None:
            at_us = self._clock.now_us()
            version = room.version if version is None else version
            self._telemetry.add(
                Incident(at_us, kind, room.room_id, version, room.epoch, player, transport, detail)
            )

    # ------------------------------------------------------------ RoomListener

    def faulted(self, room: Room) -> None:
        fault = room.fault
        detail = "" if fault is None else f"{fault.what} ({fault.error})" if fault.error else fault.what
        self._incident(IncidentKind.GAME_FAULT, room, detail=detail)

    def mended(self, room: Room) -> None:
        """In the log of what admins did."""

    def reloaded(self, room: Room) -> None:
        self._incident(IncidentKind.COMMIT_FAILED, room)

    def committed(self, room: Room, update: Update) -> None:
        apply = self._apply
        for event in update.events:
            if event.kind is _ACTION:
                self.moves += 1
                if apply is not None:
                    apply.add(event.handled_us * 1000)

    def presence_changed(self, room: Room) -> None:
        """Players come and go."""

    def closed(self, room: Room) -> None:
        """Rooms come and go."""

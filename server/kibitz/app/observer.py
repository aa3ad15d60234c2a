"""What happened in rooms and connections, passed on to metrics and telemetry: play's reports, and a
`RoomListener`. Without telemetry only the metrics are told."""

from kibitz.clock import Clock
from kibitz.ids import PlayerId, RoomId
from kibitz.metrics import Metrics
from kibitz.play.reports import Doubt, Reports
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update
from kibitz.telemetry import records
from kibitz.telemetry.records import FeatureUse, Incident, IncidentKind, Refusal
from kibitz.telemetry.telemetry import Telemetry

REFUSED = "refused"

_KINDS = {
    Doubt.WRONG_CHECKSUM: IncidentKind.WRONG_CHECKSUM,
    Doubt.PATCH_FAILED: IncidentKind.PATCH_FAILED,
}


class Observer:
    """Lives as long as the server."""

    def __init__(self, metrics: Metrics, telemetry: Telemetry | None, clock: Clock) -> None:
        self._metrics = metrics
        self._telemetry = telemetry
        self._clock = clock

    def reports(self) -> Reports:
        """For `Play.open`."""
        return Reports(self._count, self._conflict, self._resynced, self._used)

    def refused(self, code: str) -> None:
        """For REST: a request was refused."""
        self._count(REFUSED, code, 1)

    def _count(self, what: str, label: str, n: int) -> None:
        self._metrics.count(what, label, n)
        if what == REFUSED and self._telemetry is not None:
            self._telemetry.add(Refusal(self._clock.now_us(), label))

    def _conflict(self, room: RoomId, player: PlayerId, conflict: Conflict) -> None:
        self._metrics.count("conflicts", conflict.resolution.value)
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
        self._metrics.count("feature", name, count)
        if self._telemetry is not None:
            self._telemetry.add(FeatureUse(self._clock.now_us(), name, player, count))

    def _incident(
        self,
        kind: IncidentKind,
        room: Room,
        player: PlayerId | None = None,
        version: int | None = None,
        transport: str | None = None,
        detail: str = "",
    ) -> None:
        self._metrics.count("incidents", kind.value)
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

    def reloaded(self, room: Room) -> None:
        self._incident(IncidentKind.COMMIT_FAILED, room)

    def committed(self, room: Room, update: Update) -> None:
        """As it should be."""

    def presence_changed(self, room: Room) -> None:
        """Players come and go."""

    def closed(self, room: Room) -> None:
        """Rooms come and go."""

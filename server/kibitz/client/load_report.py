"""What a run of bots counted, and how it is told."""

from array import array
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class LoadReport:
    """Counts of one run. `ack_ms` holds one entry for each acknowledged move, in milliseconds.

    `lost` are acknowledged moves that the room's history does not have where it was said;
    `wrong_views` are patches whose checksum or operations did not fit. Both must be nought.
    """

    rooms: int = 0
    matches: int = 0
    moves: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    resyncs: int = 0
    resent: int = 0
    lost: int = 0
    checked: int = 0
    wrong_views: int = 0
    failed_rooms: Counter[str] = field(default_factory=Counter)
    ack_ms: "array[float]" = field(default_factory=lambda: array("f"))
    elapsed_s: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing wrong, and every room that was asked for was played in."""
        return not (self.lost or self.wrong_views or self.failed_rooms)

    def percentile_ms(self, percent: float) -> float | None:
        """By nearest rank; None before the first move."""
        if not self.ack_ms:
            return None
        ranked = sorted(self.ack_ms)
        return ranked[min(len(ranked) - 1, max(0, -int(-percent * len(ranked) // 100) - 1))]

    def line(self, elapsed_s: float) -> str:
        """One line while it runs."""
        p95 = self.percentile_ms(95)
        return (
            f"{elapsed_s:5.0f} s  {self.rooms} rooms  {self.matches} matches  {self.moves} moves"
            f"  {sum(self.refusals.values())} refused  {self.reconnects} reconnects"
            f"  ack p95 {_shown(p95)} ms"
        )

    def table(self) -> str:
        """The whole result, one row for each figure."""
        refused = ", ".join(f"{code} {count}" for code, count in sorted(self.refusals.items()))
        rows = [
            ("rooms", str(self.rooms)),
            ("matches finished", str(self.matches)),
            ("moves acknowledged", f"{self.moves}  ({self.moves / max(self.elapsed_s, 0.001):.1f} a second)"),
            ("refusals", refused or "0"),
            ("reconnects", str(self.reconnects)),
            ("acts sent again", str(self.resent)),
            ("resyncs", str(self.resyncs)),
            ("ack p50 / p95 / p99", " / ".join(_shown(self.percentile_ms(p)) for p in (50, 95, 99)) + " ms"),
            ("wrong views", str(self.wrong_views)),
            ("moves lost", f"{self.lost}  (of {self.checked} looked up in the rooms' histories)"),
        ]
        rows += [("failed", f"{count} rooms: {why}") for why, count in self.failed_rooms.items()]
        return "\n".join(f"  {name:<20}  {value}" for name, value in rows)


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"

"""How the ETL fares, as its pointer file says: the server reads it and knows nothing else of the ETL."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from kibitz.clock import Clock

STATES = ("ok", "waiting", "failed")


class EtlState:
    """Reads `warehouse/current.json` whenever it is asked. Where there is none, nothing is known."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._path = data / "warehouse" / "current.json"
        self._clock = clock

    def lag_events(self, newest: int) -> int | None:
        """How many events it has not loaded, if `newest` is the last one's position."""
        seq = self._read().get("watermark_seq")
        return max(0, newest - seq) if isinstance(seq, int) else None

    def age_s(self) -> float | None:
        """How long ago it looked for new events."""
        try:
            checked = datetime.fromisoformat(str(self._read().get("checked_at")))
        except ValueError:
            return None
        return max(0.0, self._clock.now_us() / 1e6 - checked.replace(tzinfo=UTC).timestamp())

    def states(self) -> dict[str, int]:
        """1 for the state that it is in."""
        state = self._read().get("state")
        return {name: int(name == state) for name in STATES} if state in STATES else {}

    def _read(self) -> Mapping[str, object]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

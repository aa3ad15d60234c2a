"""What a room of Tally with two seats ought to be, written from docs/protocol.md and on purpose by other
means than the room: one mutable object, copied where a commit may fail, without events, folds or clocks.
"""

from copy import deepcopy
from dataclasses import dataclass, field

MATCH_ON = ("playing", "paused")


@dataclass
class Table:
    """What a rewind restores."""

    status: str = "waiting"
    match: int = 0
    total: int = 0
    bids: dict[int, int] = field(default_factory=dict)


@dataclass
class Model:
    """Every method answers ("ok", version or seat), or (code, None). `counts` has the versions that
    were not taken back, with what the table was then and who sat at it."""

    seats: list[str | None] = field(default_factory=lambda: [None, None])
    wants: list[bool] = field(default_factory=lambda: [False, False])
    table: Table = field(default_factory=Table)
    version: int = 0
    epoch: int = 0
    kicked: set[str] = field(default_factory=set)
    acts: dict[tuple[str, str], tuple[int, object]] = field(default_factory=dict)
    counts: dict[int, tuple[Table, list[str | None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._step()

    def _step(self, *, counts: bool = True) -> int:
        self.version += 1
        if counts:
            self.counts[self.version] = (deepcopy(self.table), list(self.seats))
        return self.version

    def _start(self) -> None:
        status = self.table.status
        if None in self.seats or not (status == "waiting" or (status == "finished" and all(self.wants))):
            return
        self.table = Table("playing", self.table.match + 1)
        self.wants = [False, False]
        self._step()

    def _over(self) -> None:
        self.table.status = "finished"

    def join(self, player: str, as_: str | None, wanted: int | None) -> tuple[str, int | None]:
        if as_ == "spectator":
            return "ok", None
        if player in self.seats:
            return "ok", self.seats.index(player)
        must = as_ == "player"
        if player in self.kicked:
            return ("forbidden", None) if must else ("ok", None)
        free = [seat for seat in (0, 1) if self.seats[seat] is None]
        if self.table.status not in ("waiting", "finished") or not free:
            return ("room_full", None) if must else ("ok", None)
        if wanted is not None and wanted not in free:
            return ("seat_taken", None) if must else ("ok", None)
        seat = free[0] if wanted is None else wanted
        self.seats[seat] = player
        self.wants[seat] = self.table.status == "finished"
        self._step()
        self._start()
        return "ok", seat

    def act(
        self, player: str, epoch: int, action_id: str, base: int, kind: str, n: int
    ) -> tuple[str, int | None]:
        known = self.acts.get((player, action_id))
        if known is not None:
            return ("ok", known[0]) if known[1] == (kind, n) else ("id_reused", None)
        if epoch != self.epoch:
            return "epoch_changed", None
        if player not in self.seats:
            return "not_seated", None
        if self.table.status != "playing":
            return ("room_paused" if self.table.status == "paused" else "wrong_phase"), None
        if base > self.version or (kind == "bid" and base < self.version):
            return "stale", None
        seat = self.seats.index(player)
        if kind == "bid":
            self.table.bids[seat] = n
        else:
            self.table.total += n
            if self.table.total >= 10:
                self._over()
        self.acts[player, action_id] = (self._step(), (kind, n))
        return "ok", self.version

    def leave(self, player: str, *, kicked: bool = False) -> tuple[str, int | None]:
        if player not in self.seats:
            return "ok", self.version
        if self.table.status in MATCH_ON:
            self._over()
            self._step()
        seat = self.seats.index(player)
        self.seats[seat], self.wants[seat] = None, False
        if kicked:
            self.kicked.add(player)
        return "ok", self._step()

    def kick(self, seat: int) -> tuple[str, int | None]:
        player = self.seats[seat]
        return ("not_seated", None) if player is None else self.leave(player, kicked=True)

    def rematch(self, player: str) -> tuple[str, int | None]:
        if player not in self.seats:
            return "not_seated", None
        if self.table.status != "finished":
            return "wrong_phase", None
        seat = self.seats.index(player)
        if not self.wants[seat]:
            self.wants[seat] = True
            self._step()
        said = self.version
        self._start()
        return "ok", said

    def pause(self, *, resume: bool = False) -> tuple[str, int | None]:
        before, after = ("paused", "playing") if resume else ("playing", "paused")
        if self.table.status != before:
            return "wrong_phase", None
        self.table.status = after
        return "ok", self._step()

    def rewind(self, to_version: int) -> tuple[str, int | None]:
        status = self.table.status
        if status not in ("playing", "paused", "finished") or to_version not in self.counts:
            return "wrong_phase", None
        table, seats = self.counts[to_version]
        gone = any(was and not now for was, now in zip(seats, self.seats, strict=True))
        if table.status not in MATCH_ON or gone:
            return "wrong_phase", None
        self.table = deepcopy(table)
        self.table.status = "paused" if status == "paused" else "playing"
        self.wants = [False, False]
        self.counts = {version: kept for version, kept in self.counts.items() if version <= to_version}
        self.epoch += 1
        return "ok", self._step()

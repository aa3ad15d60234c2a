"""Judges a journal against what the clients of a run saw. Shares no code with the server.

It opens the file with the standard library's SQLite after the server ended, and looks for:

- lost: an acknowledged action that does not stand at the acknowledged place, or stands there changed;
- dup: an action id that stands more than once in its room;
- gap: a room whose versions are not 1, 2, 3 … without a hole;
- wrong: a refused action that stands all the same; an order that contradicts real time (acknowledged
  before the other was sent, yet a higher version); a move that the rules do not allow; an outcome
  that differs from that of the rules; an epoch that changed though nothing was rewound.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from support.four_in_a_row import Illegal, Match
from support.history import Line

REFUSED_FOR_GOOD = frozenset({"illegal", "not_your_turn", "wrong_phase", "stale", "bad_args", "unavailable"})


@dataclass
class Verdict:
    acked: int = 0
    in_doubt: int = 0
    refused: int = 0
    resent: int = 0
    """Actions that the clients sent more than once, under the same id."""
    rows: int = 0
    rooms: int = 0
    matches: int = 0
    lost: list[str] = field(default_factory=list)
    dup: list[str] = field(default_factory=list)
    gap: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ready_s: list[float] = field(default_factory=list)
    """From each kill to `/readyz` of the next server."""
    recovered_s: list[float] = field(default_factory=list)
    """From each kill to the next acknowledged move."""

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.dup or self.gap or self.wrong)

    def summary(self, kills: int) -> str:
        return (
            f"kills={kills} acked={self.acked} lost={len(self.lost)} dup={len(self.dup)} "
            f"gap={len(self.gap)} wrong={len(self.wrong)} in_doubt={self.in_doubt} "
            f"refused={self.refused} resent={self.resent} "
            f"rooms={self.rooms} matches={self.matches} rows={self.rows}"
            + "".join(
                f" {name}_p50={sorted(times)[len(times) // 2]:.2f}s {name}_max={max(times):.2f}s"
                for name, times in (("ready", self.ready_s), ("next_ack", self.recovered_s))
                if times
            )
        )

    def findings(self) -> str:
        every = [*self.lost, *self.dup, *self.gap, *self.wrong]
        return "\n".join(every[:20]) + (f"\n… {len(every) - 20} more" if len(every) > 20 else "")


@dataclass(frozen=True)
class Row:
    room: str
    version: int
    epoch: str
    kind: str
    seat: int | None
    action: str | None
    type: str | None
    args: str
    match: int | None
    outcome: str | None


def read_rows(journal: Path) -> list[Row]:
    """Every event, in the order of commit, through the published view. Raises if the file is damaged."""
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as db:
        (state,) = db.execute("pragma integrity_check").fetchone()
        if state != "ok":
            raise ValueError(f"{journal} is damaged: {state}")
        rows = db.execute(
            "select room_id, version, epoch, kind, seat, action_id, type, args, match, outcome"
            " from events_v1 order by id"
        ).fetchall()
    db.close()
    return [Row(*row) for row in rows]


def check(journal: Path, history: Iterable[Line]) -> Verdict:
    rows = read_rows(journal)
    verdict = Verdict(rows=len(rows))
    by_room: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_room[row.room].append(row)
    verdict.rooms = len(by_room)
    _check_history(list(history), rows, verdict)
    for room, events in by_room.items():
        _check_versions(room, events, verdict)
        _check_rules(room, events, verdict)
    return verdict


def _check_history(lines: list[Line], rows: list[Row], verdict: Verdict) -> None:
    stored = {(row.room, row.action): row for row in rows if row.action is not None}
    times = Counter((row.room, row.action) for row in rows if row.action is not None)
    verdict.dup += [f"dup: {room} {action} stands {n} times" for (room, action), n in times.items() if n > 1]
    invoked: dict[tuple[str, str], Line] = {}
    last: dict[tuple[str, str], Line] = {}
    for line in sorted(lines, key=lambda one: one.at_ns):
        key = (line.room, line.action)
        if line.step == "invoke":
            invoked.setdefault(key, line)
        last[key] = line
    acked: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for key, line in last.items():
        row = stored.get(key)
        if line.step == "invoke":
            verdict.in_doubt += 1
        elif line.step == "fail":
            verdict.refused += 1
            if row is not None and line.code in REFUSED_FOR_GOOD:
                verdict.wrong.append(f"wrong: {key} was refused ({line.code}) and stands at {row.version}")
        else:
            verdict.acked += 1
            if row is None:
                verdict.lost.append(f"lost: {key} was acknowledged at {line.version} and is not there")
            elif (row.version, row.seat, row.type, json.loads(row.args)) != (
                line.version,
                line.seat,
                line.type,
                line.args,
            ):
                verdict.lost.append(f"lost: {key} was acknowledged as {line} and stands as {row}")
            elif line.version is not None:
                acked[line.room].append((invoked[key].at_ns, line.at_ns, line.version))
    for room, spans in acked.items():
        _check_real_time(room, spans, verdict)


def _check_real_time(room: str, spans: list[tuple[int, int, int]], verdict: Verdict) -> None:
    """One writer numbers everything, so this alone is the check of linearizability."""
    by_version = sorted(spans, key=lambda span: span[2])
    earliest_ack_above: int | None = None
    for invoked_ns, acked_ns, version in reversed(by_version):
        if earliest_ack_above is not None and earliest_ack_above < invoked_ns:
            verdict.wrong.append(f"wrong: {room} {version} was sent after a higher one was acknowledged")
        earliest_ack_above = min(acked_ns, earliest_ack_above or acked_ns)


def _check_versions(room: str, events: list[Row], verdict: Verdict) -> None:
    versions = [row.version for row in events]
    if versions != list(range(1, len(events) + 1)):
        verdict.gap.append(f"gap: {room} has versions {versions[:40]}")
    if len({row.epoch for row in events}) != 1:
        verdict.wrong.append(f"wrong: {room} changed its epoch")


def _check_rules(room: str, events: list[Row], verdict: Verdict) -> None:
    match: Match | None = None
    for row in sorted(events, key=lambda one: one.version):
        try:
            match = _fold(match, row)
        except Illegal as illegal:
            verdict.wrong.append(f"wrong: {room} {row.version}: {illegal}")
            return
        if row.kind == "started":
            verdict.matches += 1
        told = None if row.outcome is None else json.loads(row.outcome)
        is_end = match is not None and match.is_over and row.kind in ("action", "timeout", "forfeit", "left")
        if is_end and told is None:
            verdict.wrong.append(f"wrong: {room} {row.version} ends a match and has no outcome")
        if told is not None and (not is_end or match is None or told["winner"] != match.winner):
            verdict.wrong.append(f"wrong: {room} {row.version} says {row.outcome}, the rules do not")


def _fold(match: Match | None, row: Row) -> Match | None:
    if row.kind == "started":
        if match is not None and not match.is_over:
            raise Illegal("a match began before the last one was over")
        # The seats take turns in starting first.
        return Match(first=((row.match or 1) - 1) % 2)
    if row.kind in ("timeout", "forfeit") or (row.kind == "action" and row.type == "resign"):
        if match is None or row.seat is None:
            raise Illegal(f"{row.kind} without a match or a seat")
        match.give_up(row.seat)
    elif row.kind == "action":
        if match is None or row.seat is None or row.type != "drop":
            raise Illegal(f"{row.type} without a match or a seat")
        match.drop(row.seat, json.loads(row.args)["column"])
    return match

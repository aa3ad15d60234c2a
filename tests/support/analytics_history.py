"""A plausible history of Connect Four rooms, the same for the same seed: something true to draw."""

import hashlib
import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from support.analytics_journal import Row

COLUMNS, ROWS = 7, 6


def history(*, seed: int, until: datetime, days: int, rooms_per_day: int) -> list[Row]:
    """Rows of `events`, ordered by time; the busiest hours are evenings and weekends."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for day in range(days):
        midnight = until - timedelta(days=days - day)
        weekend = 1.5 if midnight.weekday() >= 5 else 1.0
        growth = 0.6 + 0.8 * day / max(1, days)
        for _ in range(round(rooms_per_day * weekend * growth * chance.uniform(0.8, 1.2))):
            hour = min(
                24.0, max(0.0, chance.gauss(19.5, 3.5) if chance.random() < 0.75 else chance.uniform(0, 24))
            )
            rows.extend(_room(chance, midnight + timedelta(hours=hour)))
    rows = [row for row in rows if row.at < until]
    rows.sort(key=lambda row: row.at)
    return rows


def _room(chance: random.Random, when: datetime) -> Iterator[Row]:
    room = _id(chance, "")
    host = f"p_{_number(chance.randrange(180))}"
    with_bot = chance.random() < 0.35
    guest = f"b_{_number(chance.randrange(3))}" if with_bot else f"p_{_number(chance.randrange(180, 360))}"
    yield Row(room, "created", when, player=host)
    yield Row(room, "joined", when, seat=0, player=host)
    if chance.random() < 0.08:
        yield Row(room, "closed", when + timedelta(minutes=20), args={"reason": "empty"})
        return
    when += timedelta(seconds=2 if with_bot else chance.expovariate(1 / 40))
    yield Row(room, "joined", when, seat=1, player=guest)
    players = [host, guest]
    pace = math.exp(chance.gauss(1.7, 0.5))
    for match in range(1, 5):
        yield Row(room, "started", when, match=match, args={"seed": "00", "players": players})
        first = (match - 1) % 2
        for row in _match(chance, room, when, match, players, first, pace):
            when = row.at
            yield row
        if chance.random() > 0.4:
            break
        for seat in (0, 1):
            when += timedelta(seconds=chance.uniform(1, 6))
            yield Row(room, "rematch", when, seat=seat, player=players[seat], match=match)
    for seat in (0, 1):
        when += timedelta(seconds=chance.uniform(1, 30))
        yield Row(room, "left", when, seat=seat, player=players[seat])
    yield Row(room, "closed", when + timedelta(minutes=5), args={"reason": "empty"})


def _match(
    chance: random.Random, room: str, when: datetime, match: int, players: list[str], first: int, pace: float
) -> Iterator[Row]:
    board: dict[tuple[int, int], int] = {}
    heights = [0] * COLUMNS
    quits_after = chance.randrange(4, 30) if chance.random() < 0.12 else None
    for ply in range(COLUMNS * ROWS):
        seat = (ply + first) % 2
        thought = chance.expovariate(1 / pace) * (0.15 if players[seat].startswith("b_") else 1) + 0.3
        when += timedelta(seconds=thought)
        event = {"seat": seat, "player": players[seat], "match": match, "spent_ms": round(thought * 1000)}
        if ply == quits_after:
            reason = chance.choice(["resigned", "forfeit", "timeout"])
            lost = {"winner": 1 - seat, "line": None, "reason": reason}
            if reason == "resigned":
                yield Row(room, "action", when, type="resign", outcome=lost, **event)  # type: ignore[arg-type]
            else:
                yield Row(room, reason, when, outcome=lost, **event)  # type: ignore[arg-type]
            return
        column = chance.choice([c for c in range(COLUMNS) if heights[c] < ROWS])
        board[heights[column], column] = seat
        line = _line(board, heights[column], column, seat)
        heights[column] += 1
        outcome = None
        if line or ply == COLUMNS * ROWS - 1:
            outcome = {"winner": seat if line else None, "line": line, "reason": "line" if line else "full"}
        yield Row(room, "action", when, type="drop", args={"column": column}, outcome=outcome, **event)  # type: ignore[arg-type]
        if outcome is not None:
            return


def _line(board: dict[tuple[int, int], int], row: int, column: int, seat: int) -> list[list[int]] | None:
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        cells = [[row, column]]
        for sign in (1, -1):
            r, c = row + sign * down, column + sign * right
            while board.get((r, c)) == seat:
                cells.append([ROWS - 1 - r, c])
                r, c = r + sign * down, c + sign * right
        if len(cells) >= 4:
            return cells
    return None


def _number(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()[:22]


def _id(chance: random.Random, prefix: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return prefix + "".join(chance.choice(letters) for _ in range(22))

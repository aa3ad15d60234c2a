"""Act to durable answer, with acts coming at a rate of their own: p50 and p99 at shares of the peak rate.

    .venv/bin/python scripts/bench/act_latency.py [--rooms 50 500] [--loads 0.7 0.95 1.2] [--seconds 5]

The peak is what the closed loop reaches with that many rooms. Then acts come in Poisson's manner, round
robin over the rooms, whose matches stand at different moves, whatever the server does; an act whose room
still waits for an answer waits with it, and its time counts from when it was due. So nothing is left out
where the server is late, and beyond the peak the figures grow with the length of the run. A room whose match
is over gives its place to the next one, which was opened before the clock started.
"""

import argparse
import asyncio
import random
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cores
import moves
import servers
import tables_kibitz
import uvloop
import wire
from matches import DRAW, Heard, Match, play
from servers import Server

_WAIT_S = 60.0
_PEAK_MOVES = 40_000


class Answers:
    """Seconds from the instant that an act was due to its answer, of `count` acts."""

    def __init__(self, count: int) -> None:
        self.took_s: list[float] = []
        self.all_there = asyncio.Event()
        self._count = count

    def add(self, took_s: float) -> None:
        self.took_s.append(took_s)
        if len(self.took_s) == self._count:
            self.all_there.set()


class Place:
    """Where one room at a time is played."""

    def __init__(self, spare: Iterator[Match], answers: Answers) -> None:
        self._spare = spare
        self._answers = answers
        self._due: deque[float] = deque()
        self._sent_for: float | None = None
        self._take(next(spare))

    def count_for(self, answers: Answers) -> None:
        """From now on; nothing is under way."""
        self._answers = answers

    def act_at(self, due: float) -> None:
        self._due.append(due)
        if self._sent_for is None:
            self._send()

    def _take(self, match: Match) -> None:
        self._moves = iter(match.moves)
        self._seats = match.seats
        self._speech = match.speech
        for client in match.seats:
            client.sink = self._heard

    def _send(self) -> None:
        move = next(self._moves, None)
        if move is None:
            for client in self._seats:
                client.sink = lambda client, data: None
            self._take(next(self._spare))
            move = next(self._moves)
        seat, frame = move
        self._sent_for = self._due.popleft()
        self._seats[seat].transport.write(frame)

    def _heard(self, client: wire.Client, data: bytes) -> None:
        for payload in client.frames.feed(data):
            if self._speech.meaning(payload) is Heard.ANSWER and self._sent_for is not None:
                self._answers.add(time.perf_counter() - self._sent_for)
                self._sent_for = None
                if self._due:
                    self._send()


@dataclass(frozen=True)
class Paced:
    """One stretch. `rate` acts a second came; `us` is the server's CPU for each."""

    rate: float
    answered_per_s: float
    p50_ms: float
    p99_ms: float
    most_ms: float
    us: float
    load_busy: float


async def paced(server: Server, rooms: int, rate: float, seconds: float) -> Paced:
    count = int(rate * seconds)
    matches = await tables_kibitz.open_matches(server, rooms + -(-count // len(DRAW)) + rooms // 2)
    answers = Answers(count)
    spare = iter(matches)
    chance = random.Random(1)
    places = await _under_way(spare, rooms, chance)
    for place in places:
        place.count_for(answers)
    watch = cores.Stopwatch(server.pid)
    began = due = time.perf_counter()
    for number in range(count):
        due += chance.expovariate(rate)
        early = due - time.perf_counter()
        if early > 0 or number % 32 == 0:  # late or not: answers are read as they come
            await asyncio.sleep(max(0.0, early))
        places[number % rooms].act_at(due)
    async with asyncio.timeout(_WAIT_S):
        await answers.all_there.wait()
    took = time.perf_counter() - began
    used = watch.stop()
    for match in matches:
        await match.leave()
    answered = sorted(answers.took_s)
    return Paced(
        rate,
        len(answered) / took,
        answered[len(answered) // 2] * 1e3,
        answered[len(answered) * 99 // 100] * 1e3,
        answered[-1] * 1e3,
        used.server_s * 1e6 / count,
        used.load_busy,
    )


async def _under_way(spare: Iterator[Match], rooms: int, chance: random.Random) -> list[Place]:
    """Places whose first matches stand anywhere, each at another move: else all would end at once, again and
    again, which no server's rooms do."""
    moves = [chance.randrange(len(DRAW)) for _ in range(rooms)]
    before = Answers(sum(moves))
    places = [Place(spare, before) for _ in range(rooms)]
    for place, count in zip(places, moves, strict=True):
        for _ in range(count):
            place.act_at(time.perf_counter())
    async with asyncio.timeout(_WAIT_S):
        await before.all_there.wait()
    return places


async def peak(server: Server, rooms: int) -> float:
    """Moves a second where every room plays its next move as soon as the last one is known."""
    sets = [
        await tables_kibitz.open_matches(server, rooms)
        for _ in range(max(1, _PEAK_MOVES // (rooms * len(DRAW))))
    ]
    began = time.perf_counter()
    for matches in sets:
        await play(matches)
    took = time.perf_counter() - began
    for matches in sets:
        for match in matches:
            await match.leave()
    return len(sets) * rooms * len(DRAW) / took


async def run(rooms: Sequence[int], loads: Sequence[float], seconds: float) -> None:
    with tables_kibitz.data_directory() as data:
        server = tables_kibitz.server(data)
        await servers.start_all([server])
        try:
            await moves.measure(server, tables_kibitz.open_matches, 200)  # warm
            for count in rooms:
                most = await peak(server, count)
                print(f"{count} rooms: peak {most:,.0f} moves/s in the closed loop", flush=True)
                for load in loads:
                    got = await paced(server, count, most * load, seconds)
                    print(
                        f"  {load:>4.0%} of it, {got.rate:>6,.0f}/s: answered {got.answered_per_s:>6,.0f}/s, "
                        f"act to answer p50 {got.p50_ms:.1f} p99 {got.p99_ms:.1f} max {got.most_ms:.1f} ms, "
                        f"{got.us:.0f} us of CPU an act, load core {got.load_busy:.0%}",
                        flush=True,
                    )
        finally:
            server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="Act to durable answer, at a rate that does not wait.")
    parser.add_argument("--rooms", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--loads", type=float, nargs="+", default=[0.7, 0.95, 1.2])
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    cores.pin_load_generator()
    cores.raise_file_limit()
    platform = servers.platform_versions()
    print(", ".join(f"{name} {value}" for name, value in platform.items()), servers.our_version(), flush=True)
    uvloop.run(run(options.rooms, options.loads, options.seconds))


if __name__ == "__main__":
    main()

"""Matches of Connect Four under load: every room plays, its next move as soon as the last is known.

A move is done when both seats were told of it and, where the server answers moves, its mover has
the answer. Frames are made before the clock starts.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import wire

DRAW = tuple(map(int, "662425102244532100465053454503166061113332"))
"""Columns of a whole match of 42 moves in which nobody gets four in a line."""
_WAIT_S = 120.0


class Heard(Enum):
    """What a payload means for the move that is on its way."""

    ANSWER = auto()  # to the mover
    UPDATE = auto()  # the state after the move
    OTHER = auto()


class MoveRefused(Exception):
    """The server refused a move that the rules allow."""


@dataclass(frozen=True)
class Speech:
    """How one server talks: `meaning` of a payload, and whether it answers moves."""

    meaning: Callable[[bytes], Heard]
    answers_moves: bool


class Match:
    """One room: its two clients and its moves, `(seat, frame)` in order."""

    def __init__(
        self,
        speech: Speech,
        seats: Sequence[wire.Client],
        moves: Sequence[tuple[int, bytes]],
    ) -> None:
        self.speech = speech
        self.seats = seats
        self.moves = moves
        self._next = 0
        self._missing = 0
        self._sent_at = 0.0
        self._finished: Callable[[], None] = lambda: None
        self.latencies_s: list[float] = []
        self.error: str | None = None

    def begin(self, finished: Callable[[], None]) -> None:
        self._finished = finished
        for client in self.seats:
            client.sink = self._heard
        self._move()

    @property
    def is_over(self) -> bool:
        return self._next == len(self.moves) and self._missing == 0

    async def leave(self) -> None:
        for client in self.seats:
            client.transport.close()

    def _move(self) -> None:
        seat, frame = self.moves[self._next]
        self._next += 1
        self._missing = 3 if self.speech.answers_moves else 2
        self._sent_at = time.perf_counter()
        self.seats[seat].transport.write(frame)

    def _heard(self, client: wire.Client, data: bytes) -> None:
        for payload in client.frames.feed(data):
            try:
                meaning = self.speech.meaning(payload)
            except MoveRefused as refused:
                self.error = str(refused)
                self._finished()
                return
            if meaning is Heard.OTHER:
                if payload == b"2":
                    client.send(b"3")
                continue
            self._missing -= 1
            if self._missing:
                continue
            self.latencies_s.append(time.perf_counter() - self._sent_at)
            if self._next < len(self.moves):
                self._move()
            else:
                self._finished()


async def play(matches: Sequence[Match]) -> None:
    """Play all of them at once. Raises `RuntimeError` if some move was refused or never came back."""
    left = len(matches)
    over = asyncio.Event()

    def finished() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            over.set()

    for match in matches:
        match.begin(finished)
    try:
        async with asyncio.timeout(_WAIT_S):
            await over.wait()
    except TimeoutError:
        raise RuntimeError(f"{left} of {len(matches)} matches did not end") from None
    if errors := [match.error for match in matches if match.error]:
        raise RuntimeError(f"{len(errors)} matches stopped: {errors[0]}")

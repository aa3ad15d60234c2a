"""Brains in processes of their own: the event loop never thinks, and a brain that hangs is ended.

Each worker is one `python -m kibitz.rooms.bots.brain_worker`, asked one question at a time by one line of
JSON and answering with one. A worker that does not answer in time is killed and replaced; the bot
plays a fallback meanwhile. Nothing but JSON passes between the processes.
"""

import asyncio
import logging

import msgspec

from kibitz.child import Child, start_child
from kibitz.ids import Seat
from kibitz.rooms.bots.brain_worker import Answer, Question
from kibitz.rooms.services.brain_pool import Chosen
from kibitz.rules import Move

_log = logging.getLogger("kibitz.rooms")

ANSWER_BYTES_MOST = 64 * 1024
# Beside the budget: a busy machine; and a worker that has to start and to import its brain first.
GRACE_MS = 3_000
START_MS = 15_000
QUESTIONS_WAITING_MOST = 1_000
COMPLAINTS_MOST = 100

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Answer).decode


class ProcessBrains:
    """A `BrainPool` of at most `workers` processes, started when first needed. Close it to end them."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._tasks: set[asyncio.Task[None]] = set()
        self._questions: asyncio.Queue[tuple[Question, Chosen]] = asyncio.Queue(QUESTIONS_WAITING_MOST)
        self._busy = 0
        self._is_closed = False

    def think(self, brain: str, view: bytes, seat: Seat, seed: int, budget_ms: int, chosen: Chosen) -> None:
        """See `BrainPool`. With too many questions waiting the answer is None at once."""
        loop = asyncio.get_running_loop()
        if self._is_closed or self._questions.full():
            loop.call_soon(chosen, None)
            return
        self._questions.put_nowait((Question(brain, msgspec.Raw(view), seat, seed, budget_ms), chosen))
        if self._busy + self._questions.qsize() > len(self._tasks) and len(self._tasks) < self._workers:
            task = loop.create_task(self._work(), name="kibitz-brain")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End all workers. What they were thinking about is never answered."""
        self._is_closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        worker = _Worker()
        try:
            while True:
                question, chosen = await self._questions.get()
                self._busy += 1
                try:
                    move = await worker.ask(question)
                finally:
                    self._busy -= 1
                _give(chosen, move)
        finally:
            await worker.end()


class _Worker:
    """One process, started again after it failed."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._complaints: set[tuple[str, str]] = set()

    async def ask(self, question: Question) -> Move | None:
        grace_ms = GRACE_MS if self._child is not None else GRACE_MS + START_MS
        try:
            async with asyncio.timeout((question.budget_ms + grace_ms) / 1000):
                line = await self._line(question)
            answer = _decode(line)
        except TimeoutError:
            self._complain(question.brain, "did not answer in time")
        except (OSError, ValueError, msgspec.DecodeError, asyncio.IncompleteReadError) as error:
            self._complain(question.brain, f"did not answer: {error}")
        else:
            if answer.type is not None:
                return Move(answer.type, answer.args)
            self._complain(question.brain, f"failed: {answer.problem}")
            return None
        await self.end()
        return None

    def _complain(self, brain: str, problem: str) -> None:
        """A broken brain fails at every move, in the same few ways: each is said once."""
        if (brain, problem) not in self._complaints and len(self._complaints) < COMPLAINTS_MOST:
            self._complaints.add((brain, problem))
            _log.warning("the brain %s %s", brain, problem)

    async def _line(self, question: Question) -> bytes:
        if self._child is None:
            self._child = await start_child("kibitz.rooms.bots.brain_worker", line_most=ANSWER_BYTES_MOST)
        self._child.stdin.write(_encode(question) + b"\n")
        await self._child.stdin.drain()
        return await self._child.stdout.readuntil(b"\n")

    async def end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()


def _give(chosen: Chosen, move: Move | None) -> None:
    try:
        chosen(move)
    except Exception:
        _log.exception("a bot could not play its move")

"""Kills a real server again and again under load, starts it again, and judges what is left.

    PYTHONPATH=server:tests python -m support.kill_loop --kills 100 --seed 3

prints `kills=N acked=M lost=0 dup=0 gap=0 …` and fails if any of these is not nought. Half of the
kills fall at a random moment; the others a moment (0 to 2 ms) after the journal's WAL file changed,
which is where a commit is on disk and its answer is not out yet, or the other way round.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import history, journal_checker
from support.journal_checker import Verdict
from support.processes import ROOT, ServerProcess, environment

PLAYER_PROCESSES = 2
UP_MAX_S = 0.5
"""The longest that a server lives after it was ready before it is killed."""
STOP_TIMEOUT_S = 30.0


class FaultRun:
    """Servers, players and their histories in one directory."""

    def __init__(self, directory: Path, *, rooms: int, seed: int) -> None:
        self.directory = directory
        self.seed = seed
        self.chance = random.Random(seed)
        self.server = ServerProcess(directory / "data")
        self._rooms = rooms
        self._players: list[subprocess.Popen[bytes]] = []
        self.histories = [directory / f"history-{number}.jsonl" for number in range(PLAYER_PROCESSES)]

    def start_players(self, url: str | None = None) -> None:
        """Players who connect to `url`, by default to the server itself."""
        for number, path in enumerate(self.histories):
            command = [sys.executable, "-m", "support.fault_players", url or self.server.url, str(path)]
            command += ["--rooms", str(self._rooms // PLAYER_PROCESSES), "--seed", str(self.seed + number)]
            with (self.directory / f"players-{number}.log").open("ab") as log:
                self._players.append(
                    subprocess.Popen(
                        command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT, env=environment()
                    )
                )

    def acked(self) -> int:
        """Acknowledged moves so far, counted roughly: lines that say so."""
        return sum(path.read_bytes().count(b'"step":"ok"') for path in self.histories if path.exists())

    def wait_for_acks(self, more: int, timeout_s: float = 40.0) -> None:
        """Return when `more` moves were acknowledged since the call."""
        wanted, until = self.acked() + more, time.monotonic() + timeout_s
        while self.acked() < wanted:
            self._check_players()
            if time.monotonic() > until:
                raise AssertionError(f"no {more} moves in {timeout_s} s\n{self.logs()}")
            time.sleep(0.02)

    def kill_at_a_bad_moment(self) -> None:
        if self.chance.random() < 0.5:
            time.sleep(self.chance.random() * UP_MAX_S)
        else:
            time.sleep(self.chance.random() * UP_MAX_S / 2)
            self._wait_for_commit()
            time.sleep(self.chance.random() * 0.002)
        self.server.kill()

    def stop_players(self) -> None:
        """Close their input; each finishes the moves that are under way. Raises if one cannot."""
        for player in self._players:
            if player.stdin is not None:
                player.stdin.close()
        for player in self._players:
            if player.wait(STOP_TIMEOUT_S) != 0:
                raise AssertionError(f"players ended with {player.returncode}\n{self.logs()}")

    def judge(self) -> Verdict:
        """Only after the server ended: then nobody else has the file open."""
        written = [path for path in self.histories if path.exists()]
        verdict = journal_checker.check(self.directory / "data" / "journal.sqlite", history.read(written))
        verdict.resent = sum(int(path.with_suffix(".resent").read_text()) for path in written)
        return verdict

    def close(self) -> None:
        self.server.kill()
        for player in self._players:
            if player.poll() is None:
                player.kill()
            player.wait()
            if player.stdin is not None:
                player.stdin.close()

    def logs(self) -> str:
        players = [self.directory / f"players-{number}.log" for number in range(PLAYER_PROCESSES)]
        return self.server.log_text() + "".join(p.read_text()[-2000:] for p in players if p.exists())

    def _wait_for_commit(self) -> None:
        wal = self.directory / "data" / "journal.sqlite-wal"
        until = time.monotonic() + UP_MAX_S
        before = _stamp(wal)
        while _stamp(wal) == before and time.monotonic() < until:
            time.sleep(0.0005)

    def _check_players(self) -> None:
        for player in self._players:
            if player.poll() is not None:
                raise AssertionError(f"players ended with {player.returncode}\n{self.logs()}")


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return (0, 0)
    return (status.st_size, status.st_mtime_ns)


def kill_loop(directory: Path, *, kills: int, rooms: int, seed: int) -> Verdict:
    """Run it; the verdict holds what was found. Every room goes on after each kill, or this raises."""
    run = FaultRun(directory, rooms=rooms, seed=seed)
    ready_s: list[float] = []
    next_ack_s: list[float] = []
    try:
        run.server.start()
        run.server.wait_ready()
        run.start_players()
        run.wait_for_acks(rooms)
        for _ in range(kills):
            run.kill_at_a_bad_moment()
            killed = time.monotonic()
            run.server.start()
            run.server.wait_ready()
            ready_s.append(time.monotonic() - killed)
            run.wait_for_acks(1)
            next_ack_s.append(time.monotonic() - killed)
            # Before the next kill everybody is back and plays: else it would fall into the silence.
            run.wait_for_acks(rooms)
        run.wait_for_acks(rooms)
        run.stop_players()
        run.server.stop()
        verdict = run.judge()
        verdict.ready_s, verdict.recovered_s = ready_s, next_ack_s
        return verdict
    finally:
        run.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rooms", type=int, default=24)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="kibitz-kill-") as name:
        began = time.monotonic()
        verdict = kill_loop(Path(name), kills=given.kills, rooms=given.rooms, seed=given.seed)
        print(verdict.summary(given.kills), f"seed={given.seed} seconds={time.monotonic() - began:.1f}")
        if not verdict.is_clean:
            sys.exit(verdict.findings())


if __name__ == "__main__":
    main()

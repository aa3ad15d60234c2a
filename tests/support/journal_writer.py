"""A process that writes a journal under load until it is killed, and says what it was told.

Each line on its output is one `settled`: `ok ROOM VERSION ACTION`, or `no ROOM VERSION ACTION FAILURE`.
A `fatal` callback prints `fatal SENTENCE` and ends the process with status 70, a journal that cannot
be opened prints `unusable SENTENCE` with status 71. After `--acts` appends it closes the journal and
prints `end`.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from kibitz.ids import RoomKey
from kibitz.journal.errors import JournalBroken, JournalUnusable
from kibitz.journal.journal import CommitFailure, Settled
from kibitz.journal.sqlite import SqliteJournal
from support.journal_rows import event_record, room_record

STATUS_FATAL = 70
STATUS_UNUSABLE = 71
RETRY_S = 0.002


def say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def fatal(broken: JournalBroken) -> None:
    say(f"fatal {broken}")
    os._exit(STATUS_FATAL)


class Load:
    """Rooms that append without a pause, two events ahead of what is stored."""

    def __init__(self, journal: SqliteJournal, acts: int) -> None:
        self.journal = journal
        self.left = acts
        self.waiting = 0
        self.done = asyncio.get_running_loop().create_future()
        self.run = os.urandom(6).hex()

    def act(self, room: "Room") -> None:
        if self.left <= 0:
            if self.waiting == 0 and not self.done.done():
                self.done.set_result(None)
            return
        self.left -= 1
        self.waiting += 1
        room.append(f"{self.run}-{self.left}")

    def settled(self) -> None:
        self.waiting -= 1


class Room:
    def __init__(self, load: Load, key: RoomKey) -> None:
        self.load = load
        self.key = key
        self.is_reloading = False
        self.lost = 0
        self.version = self.stored()

    def stored(self) -> int:
        events = self.load.journal.read_room(self.key)
        return events[-1].version if events else 0

    def append(self, action: str) -> None:
        self.version += 1
        event = event_record(self.key, self.version, action_id=action, args='{"text":"' + "x" * 80 + '"}')
        if self.version == 1:
            self.load.journal.create_room(room_record(self.key), event, self.settle(self.version, action))
        else:
            self.load.journal.append(event, self.settle(self.version, action))

    def settle(self, version: int, action: str) -> Settled:
        def settled(failure: CommitFailure | None) -> None:
            self.load.settled()
            if failure is None:
                say(f"ok {self.key} {version} {action}")
                self.load.act(self)
                return
            say(f"no {self.key} {version} {action} {failure.value}")
            self.lost += 1
            if not self.is_reloading:
                self.is_reloading = True
                asyncio.get_running_loop().call_later(RETRY_S, self.reload)

        return settled

    def reload(self) -> None:
        if self.load.done.done():  # the last acts were refused: the journal is being closed
            return
        self.is_reloading = False
        self.version = self.stored()
        lost, self.lost = self.lost, 0
        for _ in range(lost):
            self.load.act(self)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--acts", type=int, default=10**9)
    arguments = parser.parse_args()
    try:
        journal = SqliteJournal.open(arguments.path, fatal=fatal)
    except JournalUnusable as error:
        say(f"unusable {error}")
        raise SystemExit(STATUS_UNUSABLE) from None
    load = Load(journal, arguments.acts)
    rooms = [Room(load, RoomKey(key)) for key in range(1, arguments.rooms + 1)]
    say("ready")
    for room in rooms:
        load.act(room)
        load.act(room)
    await load.done
    await journal.close()
    say("end")


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    asyncio.run(main())

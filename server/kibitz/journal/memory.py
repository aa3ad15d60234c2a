"""The journal in memory: for tests, and the second implementation that keeps the interface honest.

It settles as a disk would: never from within an append, all of a loop turn together, in order. Tests
hold its commits back, or make them fail, to look at what leaves a room meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice

from msgspec.structs import replace

from kibitz.ids import Epoch, JoinCode, PlayerId, RoomId, RoomKey, Version
from kibitz.journal.groups import Append, Entry, Fence, Group, Intake
from kibitz.journal.journal import BEGINNING, CommitFailure, Settled
from kibitz.journal.records import DECISIVE, Event, EventKind, NewRoom, SnapshotRecord, Standing
from kibitz.journal.snapshots import SNAPSHOTS_KEPT

Judge = Callable[[Append], CommitFailure | None]


class MemoryJournal:
    """See `Journal`. Used on one event loop, and gone with it."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self._intake = Intake(self._loop, self._hand_over)
        self._fence = Fence()
        self._rooms: dict[RoomKey, NewRoom] = {}
        self._by_room: dict[RoomKey, list[Event]] = {}
        self._events: list[Event] = []
        self._snapshots: dict[RoomKey, dict[Version, SnapshotRecord]] = {}
        self._next_key = 1
        self._held: list[Entry] | None = None
        self._is_dead = False
        self._judge: Judge = lambda _: None

    # What tests do to it.

    def hold(self) -> None:
        """Commit nothing until `release`; everything appended waits."""
        if self._held is None:
            self._held = []

    def release(self) -> None:
        """Commit in one piece what was held back."""
        held, self._held = self._held, None
        if held:
            self._hand_over(held)

    def fail_when(self, judge: Judge) -> None:
        """From now on `judge` decides for each append of a commit why it fails, or None."""
        self._judge = judge

    def crashed(self) -> "MemoryJournal":
        """What a new process finds after this one died: all that was committed. Nothing more is
        committed or answered here; waiting for it ends at once."""
        survivor = MemoryJournal(self._loop)
        survivor._rooms.update(self._rooms)
        survivor._by_room.update({key: list(events) for key, events in self._by_room.items()})
        survivor._events.extend(self._events)
        survivor._snapshots.update({key: dict(kept) for key, kept in self._snapshots.items()})
        survivor._next_key = max(self._rooms, default=0) + 1
        self._is_dead = True
        return survivor

    # The journal.

    def next_room_key(self) -> RoomKey:
        key = self._next_key
        self._next_key += 1
        return RoomKey(key)

    def create_room(self, room: NewRoom, first: Event, settled: Settled) -> None:
        self._intake.add(Append(first, settled, room))

    def append(self, event: Event, settled: Settled) -> None:
        self._intake.add(Append(event, settled))

    def save_snapshot(self, snapshot: SnapshotRecord) -> None:
        self._intake.add(snapshot)

    async def flush(self) -> None:
        if self._is_dead:
            return
        await self._intake.settle()

    async def close(self) -> None:
        if self._is_dead:
            return
        self._intake.is_closed = True
        self.release()
        await self._intake.settle()

    def unfinished_rooms(self) -> Sequence[NewRoom]:
        return [
            room
            for key, room in sorted(self._rooms.items())
            if self._by_room[key][-1].kind is not EventKind.CLOSED
        ]

    def standings(self) -> Sequence[Standing]:
        return [_standing(room, self._by_room[room.key]) for room in self.unfinished_rooms()]

    def find_room(self, room_id: RoomId) -> NewRoom | None:
        return next((room for room in self._rooms.values() if room.room_id == room_id), None)

    def find_code(self, code: JoinCode) -> NewRoom | None:
        holders = [key for key, room in self._rooms.items() if room.code == code]
        return self._rooms[max(holders)] if holders else None

    def read_room(
        self, room: RoomKey, after: Version = BEGINNING, limit: int | None = None
    ) -> Sequence[Event]:
        return list(islice((event for event in self._by_room.get(room, ()) if event.version > after), limit))

    def latest_snapshots(self, room: RoomKey) -> Sequence[SnapshotRecord]:
        return [snapshot for _, snapshot in sorted(self._snapshots.get(room, {}).items(), reverse=True)]

    def read_settled(self, after: int, limit: int) -> Sequence[Event]:
        return self._events[after : after + limit]

    def epoch_of(self, room: RoomKey) -> Epoch:
        return self._by_room[room][-1].epoch

    def _hand_over(self, entries: Sequence[Entry]) -> None:
        if self._is_dead:
            return
        if self._held is not None:
            self._held.extend(entries)
            return
        group = self._fence.admit(entries)
        self._store(group)
        self._fence.close(group)
        self._loop.call_soon(self._deliver, group)

    def _deliver(self, group: Group) -> None:
        if not self._is_dead:
            self._intake.deliver(group)

    def _store(self, group: Group) -> None:
        rooms: dict[RoomKey, list[int]] = {}
        for index in group.waiting():
            rooms.setdefault(group.appends[index].event.room, []).append(index)
        for indexes in rooms.values():
            failure = self._failure_of([group.appends[index] for index in indexes])
            if failure is not None:
                group.fail(indexes, failure)
        for index in group.waiting():
            append = group.appends[index]
            event = replace(append.event, id=len(self._events) + 1)
            if append.new_room is not None:
                self._rooms[append.new_room.key] = append.new_room
            self._by_room.setdefault(event.room, []).append(event)
            self._events.append(event)
        for snapshot in group.snapshots:
            self._keep(snapshot)

    def _failure_of(self, appends: Sequence[Append]) -> CommitFailure | None:
        """Why these appends of one room cannot be stored: a room's rows are stored all or not at all."""
        stored = self._by_room.get(appends[0].event.room, [])
        version = len(stored)
        for append in appends:
            failure = self._judge(append)
            if failure is not None:
                return failure
            version += 1
            room = append.new_room
            if append.event.version != version or (room is not None and self._is_taken(room)):
                return CommitFailure.CONFLICT
        return None

    def _is_taken(self, room: NewRoom) -> bool:
        return room.key in self._rooms or self.find_room(room.room_id) is not None

    def _keep(self, snapshot: SnapshotRecord) -> None:
        stored = self._by_room.get(snapshot.room, [])
        if snapshot.version > len(stored) or stored[snapshot.version - 1].epoch != snapshot.epoch:
            return
        kept = self._snapshots.setdefault(snapshot.room, {})
        kept[snapshot.version] = snapshot
        for version in sorted(kept)[:-SNAPSHOTS_KEPT]:
            del kept[version]


def _standing(room: NewRoom, events: Sequence[Event]) -> Standing:
    players: list[PlayerId | None] = [None] * room.seats
    for event in events:
        if event.kind in (EventKind.JOINED, EventKind.LEFT) and event.seat is not None:
            players[event.seat] = event.player_id if event.kind is EventKind.JOINED else None
    last = events[-1]
    matches = [event.match for event in events if event.match is not None]
    decisive = next(
        (event for event in reversed(events) if event.outcome is not None or event.kind in DECISIVE), None
    )
    later = [] if decisive is None else events[decisive.version :]
    return Standing(
        room,
        last.version,
        last.epoch,
        last.at_us,
        last.kind,
        None if decisive is None else decisive.kind,
        matches[-1] if matches else 0,
        decisive is not None
        and decisive.outcome is not None
        and not any(event.kind is EventKind.REWOUND for event in later),
        tuple(players),
    )

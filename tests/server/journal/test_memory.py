"""What tests do to the journal in memory: hold its commits back, make them fail."""

import asyncio

from kibitz.ids import RoomId, RoomKey
from kibitz.journal.journal import CommitFailure
from kibitz.journal.memory import MemoryJournal
from support.journal_rows import Ledger, event_record, room_record


async def test_held_commits_neither_settle_nor_show(ledger: Ledger) -> None:
    journal = MemoryJournal()
    journal.hold()
    journal.create_room(room_record(1), event_record(1, 1), ledger.note("1.1"))
    await asyncio.sleep(0)
    journal.append(event_record(1, 2), ledger.note("1.2"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert ledger.results == {}
    assert journal.find_room(RoomId("room-1")) is None
    journal.release()
    assert ledger.results == {}, "not from within the call"
    await asyncio.sleep(0)
    assert ledger.order == ["1.1", "1.2"]


async def test_closing_commits_what_was_held(ledger: Ledger) -> None:
    journal = MemoryJournal()
    journal.hold()
    journal.create_room(room_record(1), event_record(1, 1), ledger.note("1.1"))
    await journal.close()
    assert ledger.results == {"1.1": None}


async def test_chosen_appends_fail_with_what_is_built_on_them(ledger: Ledger) -> None:
    journal = MemoryJournal()
    for key in (1, 2):
        journal.create_room(room_record(key), event_record(key, 1), ledger.note(f"{key}.1"))
    await journal.flush()
    journal.fail_when(lambda append: CommitFailure.UNAVAILABLE if append.event.room == RoomKey(1) else None)
    for version in (2, 3):
        for key in (1, 2):
            journal.append(event_record(key, version), ledger.note(f"{key}.{version}"))
        await asyncio.sleep(0)
    await journal.flush()
    assert {name for name, failure in ledger.results.items() if failure} == {"1.2", "1.3"}
    journal.fail_when(lambda _: None)
    journal.append(event_record(1, 2), ledger.note("again"))
    await journal.flush()
    assert ledger.results["again"] is None

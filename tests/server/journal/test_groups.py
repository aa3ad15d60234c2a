"""The fence between a failed commit and the room that has yet to hear of it; a journal that broke."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from kibitz.ids import RoomKey
from kibitz.journal.errors import JournalBroken
from kibitz.journal.groups import Append, Entry, Fence, Group, Intake, Told
from kibitz.journal.journal import CommitFailure
from support.journal_rows import Ledger, event_record

LOST = CommitFailure.UNAVAILABLE


def append(key: int, version: int) -> Append:
    return Append(event_record(key, version), lambda _: None)


def failing(fence: Fence, entries: Sequence[Entry], *indexes: int) -> Group:
    """A commit of `entries` in which the appends at `indexes` fail."""
    group = fence.admit(entries)
    group.fail(indexes, LOST)
    fence.close(group)
    return group


def test_what_follows_a_lost_event_is_refused_until_the_room_was_told() -> None:
    fence = Fence()
    failing(fence, [append(1, 5), append(2, 5)], 0)
    stale = failing(fence, [append(1, 6), append(2, 6)])
    assert stale.failures == {0: LOST}
    assert stale.untold == set(), "the notice of the first failure is under way; one is enough"
    told = Told(frozenset({RoomKey(1)}))
    mixed = failing(fence, [append(1, 7), told, append(1, 5)])
    assert mixed.failures == {0: LOST}
    assert mixed.waiting() == [1]
    assert failing(fence, [append(1, 6)]).failures == {}


def test_a_room_that_fails_again_is_fenced_again() -> None:
    fence = Fence()
    failing(fence, [append(1, 5)], 0)
    again = failing(fence, [Told(frozenset({RoomKey(1)})), append(1, 5)], 0)
    assert again.untold == {1}
    assert failing(fence, [append(1, 6)]).failures == {0: LOST}


async def test_a_room_is_told_before_it_can_append_again(ledger: Ledger) -> None:
    handed: list[Entry] = []
    intake = Intake(asyncio.get_running_loop(), handed.extend)
    fence = Fence()

    def settled(failure: CommitFailure | None) -> None:
        assert failure is LOST
        intake.add(append(1, 5))

    group = failing(fence, [Append(event_record(1, 5), settled)], 0)
    intake.deliver(group)
    await asyncio.sleep(0)
    assert [type(entry) for entry in handed] == [Told, Append]


async def test_after_it_broke_nothing_settles_and_nobody_waits(ledger: Ledger) -> None:
    intake = Intake(asyncio.get_running_loop(), lambda entries: None)
    intake.add(Append(event_record(1, 1), ledger.note("before")))
    flush = asyncio.ensure_future(intake.settle())
    await asyncio.sleep(0)
    broken = JournalBroken(Path("journal.sqlite"), "disk I/O error")
    intake.break_off(broken)
    intake.add(Append(event_record(1, 2), ledger.note("after")))
    intake.deliver(Fence().admit([Append(event_record(1, 1), ledger.note("late"))]))
    with pytest.raises(JournalBroken, match="check the disk"):
        await flush
    with pytest.raises(JournalBroken):
        await intake.settle()
    assert ledger.results == {}
    assert broken.cause == "disk I/O error"

"""What only the journal in a file does: reopening, other processes, long turns, refusals to open."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from kibitz.ids import RoomId, RoomKey
from kibitz.journal.errors import JournalBroken, JournalUnreadable, JournalUnusable
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.journal.sqlite import SqliteJournal
from kibitz.journal.statements import ROWS_PER_COMMIT_MAX
from kibitz.sqlite_file import FileProblem
from support.journal_rows import Ledger, event_record, full_event, room_record

OpenSqlite = Callable[[], SqliteJournal]


def never(broken: JournalBroken) -> None:
    raise broken


async def fill(journal: SqliteJournal, ledger: Ledger, *keys: int) -> None:
    for key in keys:
        journal.create_room(room_record(key), event_record(key, 1), ledger.note(f"{key}.1"))
    await journal.flush()


async def test_everything_is_there_after_a_restart(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    first = open_sqlite()
    await fill(first, ledger, first.next_room_key(), first.next_room_key())
    first.append(full_event(2, 2), ledger.note("2.2"))
    await first.close()
    second = open_sqlite()
    assert [room.key for room in second.unfinished_rooms()] == [1, 2]
    assert [event.version for event in second.read_room(RoomKey(2))] == [1, 2]
    assert second.next_room_key() == 3
    second.append(event_record(2, 3), ledger.note("2.3"))
    await second.flush()
    assert [event.id for event in second.read_settled(0, 10)] == [1, 2, 3, 4]


async def test_closing_leaves_one_file(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    journal = open_sqlite()
    await fill(journal, ledger, 1)
    assert len(list(journal.path.parent.iterdir())) == 3
    await journal.close()
    assert list(journal.path.parent.iterdir()) == [journal.path]


async def test_a_turn_with_more_rows_than_a_commit_takes(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    journal = open_sqlite()
    await fill(journal, ledger, 1)
    count = 2 * ROWS_PER_COMMIT_MAX + 10
    for version in range(2, count + 2):
        journal.append(event_record(1, version), ledger.note(str(version)))
    await journal.flush()
    assert ledger.order[1:] == [str(version) for version in range(2, count + 2)]
    assert set(ledger.results.values()) == {None}
    assert journal.stats.rows == count + 1


async def test_a_second_writer_is_fenced_off(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    first, second = open_sqlite(), open_sqlite()
    await fill(first, ledger, 1)
    second.append(event_record(1, 2, type="theirs"), ledger.note("theirs"))
    await second.flush()
    first.append(event_record(1, 2, type="ours"), ledger.note("ours"))
    first.append(event_record(1, 3), ledger.note("ours, built on it"))
    await first.flush()
    assert ledger.results == {
        "1.1": None,
        "theirs": None,
        "ours": CommitFailure.CONFLICT,
        "ours, built on it": CommitFailure.CONFLICT,
    }
    assert [event.type for event in first.read_room(RoomKey(1))] == [None, "theirs"]
    assert first.stats.conflicts == 2


async def test_a_lock_of_another_process_refuses_and_lets_go(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal.open(path, fatal=never, busy_timeout_ms=20)
    await fill(journal, ledger, 1)
    holder = apsw.Connection(str(path))
    holder.execute("BEGIN EXCLUSIVE")
    journal.append(event_record(1, 2), ledger.note("locked"))
    journal.create_room(room_record(2), event_record(2, 1), ledger.note("locked, too"))
    await journal.flush()
    assert [event.version for event in journal.read_room(RoomKey(1))] == [1], "reading goes on"
    holder.execute("ROLLBACK")
    holder.close()
    journal.append(event_record(1, 2), ledger.note("free"))
    await journal.flush()
    await journal.close()
    unavailable = CommitFailure.UNAVAILABLE
    assert ledger.results == {"1.1": None, "locked": unavailable, "locked, too": unavailable, "free": None}
    assert journal.stats.unavailable == 2


@pytest.mark.parametrize(
    "fields",
    [{"args": "\ud800"}, {"match": "two"}, {"seat": 2**70}, {"args": None}, {"type": b"drop"}],
    ids=str,
)
async def test_a_value_that_cannot_be_stored_fails_its_room_only(
    open_sqlite: OpenSqlite, ledger: Ledger, fields: dict[str, object]
) -> None:
    journal = open_sqlite()
    await fill(journal, ledger, *range(1, 9))
    for key in range(1, 9):
        bad = fields if key == 5 else {}
        journal.append(event_record(key, 2, **bad), ledger.note(f"{key}.2"))
    await journal.flush()
    assert [key for key in range(1, 9) if ledger.results[f"{key}.2"] is CommitFailure.CONFLICT] == [5]
    assert journal.stats.bisections > 0


async def test_the_file_itself_refuses_a_gap(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    journal = open_sqlite()
    await fill(journal, ledger, 1)
    other = apsw.Connection(str(journal.path))
    with pytest.raises(apsw.ConstraintError, match="no event of the version before"):
        other.execute(
            "INSERT INTO events (room, version, epoch, at_us, kind, args, handled_us, schema_version)"
            " VALUES (1, 3, 'e', 0, 'action', '{}', 0, 1)"
        )
    other.close()


async def test_each_commit_is_observed_on_the_loop(tmp_path: Path, ledger: Ledger) -> None:
    seen: list[tuple[int, int, bool]] = []
    loop = asyncio.get_running_loop()

    def observe(rows: int, took_us: int) -> None:
        seen.append((rows, took_us, asyncio.get_running_loop() is loop))

    journal = SqliteJournal.open(tmp_path / "journal.sqlite", fatal=never, observe=observe)
    await fill(journal, ledger, 1, 2, 3)
    await journal.close()
    ((rows, took_us, was_on_loop),) = seen
    assert rows == 3
    assert took_us > 0
    assert was_on_loop
    assert journal.stats.commit_us_max == took_us


async def test_the_newest_position_is_known(tmp_path: Path, ledger: Ledger) -> None:
    journal = SqliteJournal.open(tmp_path / "journal.sqlite", fatal=never)
    assert journal.newest() == 0
    await fill(journal, ledger, 1, 2, 3)
    assert journal.newest() == 3
    await journal.close()


async def test_events_v1_is_what_others_read(open_sqlite: OpenSqlite, ledger: Ledger) -> None:
    journal = open_sqlite()
    await fill(journal, ledger, 1, 2)
    journal.append(full_event(2, 2), ledger.note("2.2"))
    journal.append(event_record(1, 2, EventKind.JOINED, player_id="p_x"), ledger.note("1.2"))
    await journal.flush()
    reader = apsw.Connection(str(journal.path), flags=apsw.SQLITE_OPEN_READONLY)
    rows = reader.execute(
        "SELECT id, room_id, version, player_id, is_bot, match, outcome, seats, is_private"
        " FROM events_v1 WHERE id > 2 ORDER BY id"
    ).fetchall()
    bots = reader.execute("SELECT is_bot FROM events_v1 WHERE id = 1").fetchall()
    reader.close()
    assert rows == [
        (3, "room-2", 2, "b_bot", 1, 2, '{"winner":1}', 2, 1),
        (4, "room-1", 2, "p_x", 0, None, None, 2, 0),
    ]
    assert bots == [(None,)]


async def test_a_read_that_fails_is_an_error_of_the_journal(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "journal.sqlite"
    journal = SqliteJournal.open(path, fatal=never)
    await fill(journal, ledger, 1)
    other = apsw.Connection(str(path))
    other.execute("DROP VIEW events_v1; ALTER TABLE rooms RENAME TO gone")
    other.close()
    with pytest.raises(JournalUnreadable) as caught:
        journal.find_room(RoomId("room-1"))
    assert caught.value.problem is FileProblem.DAMAGED
    await journal.close()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"Dear diary, " * 1000, FileProblem.NOT_A_DATABASE),
        (None, FileProblem.UNWRITABLE),
    ],
)
async def test_a_journal_that_cannot_be_opened_says_why(
    tmp_path: Path, content: bytes | None, problem: FileProblem
) -> None:
    path = tmp_path / "journal.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(JournalUnusable) as caught:
        SqliteJournal.open(path, fatal=never)
    assert caught.value.path == path
    assert caught.value.problem is problem
    assert str(caught.value) == f"{path} {problem.value}."

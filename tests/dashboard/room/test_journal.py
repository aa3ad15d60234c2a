"""One room's events and moves."""

from datetime import timedelta
from pathlib import Path

import pytest

from kibitz_dashboard.room.journal import JournalError, matches, moves, rewindable, room_events, taken_back
from support.analytics_journal import JournalFile, Row, at, two_seat_room

DAY = at("2026-11-20 10:00:00")
WON = {"winner": 0, "reason": "line"}


@pytest.fixture
def journal(tmp_path: Path) -> JournalFile:
    return JournalFile(tmp_path / "journal.sqlite")


def test_events_in_their_order(journal: JournalFile) -> None:
    journal.append([*two_seat_room("r", DAY, outcome=WON), Row("other", "created", DAY)])
    events = room_events(journal.path, "r")
    assert [event.kind for event in events] == ["created", "joined", "joined", "started", *["action"] * 3]
    assert events[-1].outcome == WON
    assert (events[-1].at, events[-1].args) == (DAY + timedelta(seconds=40), {"column": 2})
    assert len(room_events(journal.path, "r", limit=2)) == 2
    assert room_events(journal.path, "nobody") == []


def test_moves_cost_what_the_clock_says_or_else_the_time_between(journal: JournalFile) -> None:
    unclocked = Row("r", "action", DAY + timedelta(seconds=33), seat=1, type="drop", match=1)
    resigned = Row("r", "action", DAY + timedelta(seconds=40), seat=0, type="resign", match=1, outcome=WON)
    journal.append([*two_seat_room("r", DAY, moves=1), unclocked, resigned])
    (match,) = matches(room_events(journal.path, "r")).values()
    assert [(move.ply, move.think_ms) for move in moves(match)] == [(1, 10_000), (2, 13_000)]


def test_matches_end_with_their_outcome(journal: JournalFile) -> None:
    again = [
        Row("r", "rematch", DAY + timedelta(minutes=2), seat=0, match=1),
        Row("r", "started", DAY + timedelta(minutes=3), match=2, args={"players": ["p_ann", "p_bob"]}),
        Row("r", "closed", DAY + timedelta(minutes=9)),
    ]
    journal.append([*two_seat_room("r", DAY, outcome=WON), *again])
    found = matches(room_events(journal.path, "r"))
    assert {n: [event.kind for event in events] for n, events in found.items()} == {
        1: ["started", "action", "action", "action"],
        2: ["started", "closed"],
    }
    assert moves(found[2]) == []


def test_what_a_rewind_took_back_does_not_count(journal: JournalFile) -> None:
    later = [
        Row("r", "rewound", DAY + timedelta(minutes=2), match=1, args={"to_version": 5}),
        Row("r", "action", DAY + timedelta(minutes=3), seat=1, match=1, type="drop", args={"column": 6}),
        Row("r", "closed", DAY + timedelta(minutes=9)),
    ]
    journal.append([*two_seat_room("r", DAY, moves=3, outcome=WON), *later])
    events = room_events(journal.path, "r")
    assert taken_back(events) == {6, 7}
    (match,) = matches(events).values()
    assert [event.version for event in match] == [4, 5, 8, 9, 10]
    assert [move.event.version for move in moves(match)] == [5, 9]
    assert [event.version for event in rewindable(events)] == [4, 5, 8, 9]


def test_faults_are_sentences(tmp_path: Path, journal: JournalFile) -> None:
    with pytest.raises(JournalError, match="no journal"):
        room_events(tmp_path / "none.sqlite", "r")
    (tmp_path / "broken.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(JournalError, match="cannot be read"):
        room_events(tmp_path / "broken.sqlite", "r")
    journal.append([Row("r", "created", DAY, args="{broken")])
    assert room_events(journal.path, "r")[0].args == {}

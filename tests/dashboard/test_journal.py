"""One room's events and moves."""

from datetime import timedelta
from pathlib import Path

import pytest

from kibitz_dashboard.journal import JournalError, matches, moves, replay_pictures, room_events
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


def test_pictures_are_counted_as_the_players_replay_counts_them(journal: JournalFile) -> None:
    again = [
        Row("r", "rematch", DAY + timedelta(minutes=2), seat=0, match=1),
        Row("r", "started", DAY + timedelta(minutes=3), match=2, args={"players": ["p_ann", "p_bob"]}),
        Row("r", "timeout", DAY + timedelta(minutes=9), seat=0, match=2, outcome=WON),
        Row("r", "closed", DAY + timedelta(minutes=10)),
    ]
    journal.append([*two_seat_room("r", DAY, moves=2, outcome=WON), *again])
    events = room_events(journal.path, "r")
    pictures = replay_pictures(events)
    assert [(event.kind, pictures.get(event.version)) for event in events[3:]] == [
        ("started", 0),
        ("action", 1),
        ("action", 2),
        ("rematch", None),
        ("started", 3),
        ("timeout", 4),
        ("closed", None),
    ]


def test_faults_are_sentences(tmp_path: Path, journal: JournalFile) -> None:
    with pytest.raises(JournalError, match="no journal"):
        room_events(tmp_path / "none.sqlite", "r")
    (tmp_path / "broken.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(JournalError, match="cannot be read"):
        room_events(tmp_path / "broken.sqlite", "r")
    journal.append([Row("r", "created", DAY, args="{broken")])
    assert room_events(journal.path, "r")[0].args == {}

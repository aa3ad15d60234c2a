"""What a room's rows come to: places, results, and which matches count."""

import json

import pytest

from kibitz.ids import PlayerId, Seat
from kibitz.journal.records import Event, EventKind
from kibitz.ratings.results import Ended, Result, Unrated, ended_matches
from support.journal_rows import event_record
from support.past_matches import ANN, BEN, CY, HOUSE

S, A, F, R = EventKind.STARTED, EventKind.ACTION, EventKind.FORFEIT, EventKind.REWOUND


def rows(*told: tuple[EventKind, dict[str, object]]) -> list[Event]:
    """Versions count from 2; `id` is the version."""
    return [
        event_record(1, number, kind, id=number, **{"match": 1, **fields})
        for number, (kind, fields) in enumerate(told, 2)
    ]


def started(*players: PlayerId, match: int = 1, **more: object) -> tuple[EventKind, dict[str, object]]:
    return S, {"args": json.dumps({"players": players, "seed": "00", **more}), "match": match}


def over(kind: EventKind = A, match: int = 1, **outcome: object) -> tuple[EventKind, dict[str, object]]:
    return kind, {"outcome": json.dumps({"reason": "x", **outcome}), "match": match}


def results(ended: Ended) -> list[Result]:
    return [ended.result(seat) for seat in range(len(ended.players))]


@pytest.mark.parametrize(
    ("outcome", "places", "told"),
    [
        ({"winner": 1}, (2, 1, 2), ["lost", "won", "lost"]),
        ({"winner": None}, (2, 2, 2), ["drawn", "drawn", "drawn"]),
        ({"winner": None, "winners": [0, 2]}, (1, 2, 1), ["won", "lost", "won"]),
        ({"winner": 2, "ranks": [3, 2, 1]}, (3, 2, 1), ["lost", "lost", "won"]),
        ({"winner": None, "ranks": [1, 2, 1]}, (1, 2, 1), ["drawn", "lost", "drawn"]),
        ({"winner": 0, "ranks": [1]}, (1, 2, 2), ["won", "lost", "lost"]),
        # What a game says in its details may have these names and mean something else.
        ({"winner": 0, "ranks": ["gold", "tin"]}, (1, 2, 2), ["won", "lost", "lost"]),
        ({"winner": 0, "winners": "Ann"}, (1, 2, 2), ["won", "lost", "lost"]),
    ],
)
def test_places(outcome: dict[str, object], places: tuple[int, ...], told: list[str]) -> None:
    (ended,) = ended_matches(rows(started(ANN, BEN, CY), over(**outcome)))
    assert (ended.places, results(ended), ended.unrated) == (places, told, Unrated.COUNTS)


def test_whoever_left_before_the_end_comes_last() -> None:
    (ended,) = ended_matches(rows(started(ANN, BEN, CY), (F, {"seat": Seat(0)}), over(winner=1)))
    assert ended.places == (3, 1, 2)
    assert not ended.may_be_called_off


@pytest.mark.parametrize(
    ("begun", "unrated"),
    [
        (started(ANN, HOUSE), "bots"),
        (started(ANN), "alone"),
        (started(ANN, BEN, state="", **{"from": {"room": "r", "version": 3}}), "forked"),
    ],
)
def test_what_does_not_count(begun: tuple[EventKind, dict[str, object]], unrated: str) -> None:
    (ended,) = ended_matches(rows(begun, over(winner=0)))
    assert ended.unrated == unrated


def test_a_rewound_match_does_not_count_and_what_was_taken_back_is_gone() -> None:
    told = rows(
        started(ANN, BEN),  # 2
        over(winner=0),  # 3
        started(ANN, BEN, match=2),  # 4
        over(winner=1, match=2),  # 5
        started(ANN, BEN, match=3),  # 6
        (R, {"args": '{"to_version":4}', "match": 2}),  # 7
        over(winner=0, match=2),  # 8
    )
    assert [(each.match, each.ended, each.unrated) for each in ended_matches(told)] == [
        (1, 3, ""),
        (2, 8, "rewound"),
    ]
    assert [each.match for each in ended_matches(told[:-1])] == [1]


def test_a_room_that_was_closed_meanwhile_has_no_result() -> None:
    assert ended_matches(rows(started(ANN, BEN), (EventKind.CLOSED, {}))) == []

"""What counts of a history with rewinds in it."""

from typing import Any

from kibitz.ids import Epoch, RoomKey, Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.effective import effective, still_counts


def history(*kinds: EventKind | int) -> list[Event]:
    """Events by kind; a number stands for a rewind to that version."""
    rows = []
    for number, kind in enumerate(kinds, 1):
        rewound: dict[str, Any] = {} if isinstance(kind, EventKind) else {"args": f'{{"to_version":{kind}}}'}
        it = kind if isinstance(kind, EventKind) else EventKind.REWOUND
        rows.append(Event(RoomKey(1), Version(number), Epoch("e"), number, it, **rewound))
    return rows


def versions(events: list[Event]) -> list[int]:
    return [event.version for event in effective(events)]


C, J, S, A, L = EventKind.CREATED, EventKind.JOINED, EventKind.STARTED, EventKind.ACTION, EventKind.LEFT
CRASHED = EventKind.REOPENED


def test_without_a_rewind_everything_counts() -> None:
    assert versions(history(C, J, J, S, A, A)) == [1, 2, 3, 4, 5, 6]


def test_a_rewind_stands_for_what_it_took_back() -> None:
    assert versions(history(C, J, J, S, A, A, A, 5, A)) == [1, 2, 3, 4, 5, 8, 9]


def test_rewinds_of_rewinds() -> None:
    assert versions(history(C, J, J, S, A, A, 5, A, 4, A)) == [1, 2, 3, 4, 9, 10]
    assert versions(history(C, J, J, S, A, A, 5, A, 7, A)) == [1, 2, 3, 4, 5, 7, 9, 10]


def test_who_came_and_went_meanwhile_came_and_went() -> None:
    assert versions(history(C, J, J, S, A, L, J, 4)) == [1, 2, 3, 4, 6, 7, 8]


def test_a_version_counts_as_long_as_nothing_up_to_it_was_taken_back() -> None:
    events = history(C, J, J, S, A, A, CRASHED, A, 5, A)
    assert versions(events) == [1, 2, 3, 4, 5, 7, 9, 10]
    counting = [number for number in range(12) if still_counts(events, Version(number))]
    assert counting == [1, 2, 3, 4, 5, 9, 10]


def test_what_was_taken_back_stays_so() -> None:
    events = history(C, J, J, S, A, A, 5, A, 4, A)
    assert [number for number in range(12) if still_counts(events, Version(number))] == [1, 2, 3, 4, 9, 10]

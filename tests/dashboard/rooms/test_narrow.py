"""What a link narrows the list of rooms to; and what nonsense does not."""

import pytest

from kibitz_dashboard import words
from kibitz_dashboard.rooms.narrow import ANY, Narrow, ended_so, narrowed


def test_what_a_link_says() -> None:
    found = narrowed({"about": "created", "weekday": "7", "hour": "23", "outcome": "abandoned"})
    assert found == Narrow(about="created", outcome="abandoned", weekday=7, hour=23)
    assert found.said() == [
        "made in the period",
        "last match: abandoned",
        "on Sundays",
        "between 23:00 and 00:00",
    ]


@pytest.mark.parametrize(
    "bad", ["", "x", "-1", "24", "99", "1e1", "٣", "9" * 4000, "' or 1=1 --", "None", "7.0", "\x00"]
)
def test_nonsense_narrows_nothing(bad: str) -> None:
    found = narrowed({"about": bad, "weekday": bad, "hour": bad, "from_hour": bad})
    assert (found.about, found.weekday, found.hour, found.from_hour) == ("active", ANY, ANY, ANY)
    assert found.said() == []


def test_an_oversized_outcome_is_left_out() -> None:
    assert narrowed({"outcome": "a" * 41}).outcome == ""


def test_a_label_in_a_chart_is_an_outcome_again() -> None:
    kinds = ["four_in_a_row", "draw", "abandoned"]
    assert [ended_so(words.outcome(kind), kinds) for kind in kinds] == kinds
    for nonsense in ("", None, "four_in_a_row'", 7):
        assert ended_so(nonsense, kinds) == ""

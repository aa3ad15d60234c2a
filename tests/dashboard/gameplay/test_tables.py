"""`gameplay/tables.py`: a seat is flagged where its fair share lies outside the interval."""

import pandas as pd

from kibitz_dashboard.gameplay.tables import seats, seats_shown


def rows(*won: int, decided: int, drew: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "game": "connect-four",
            "n_seats": len(won),
            "seat": range(len(won)),
            "n_matches": decided + drew,
            "n_won": won,
            "n_drew": drew,
        }
    )


def test_seats_that_differ_by_more_than_chance() -> None:
    found = seats(rows(700, 300, decided=1000, drew=50))
    assert found["decided"].tolist() == [1000, 1000]
    assert found["verdict"].tolist() == ["▲ wins too often", "▼ wins too seldom"]


def test_seats_that_may_be_fair() -> None:
    assert set(seats(rows(510, 490, decided=1000))["verdict"]) == {"fair, as far as we can tell"}


def test_few_matches_are_no_verdict() -> None:
    assert set(seats(rows(20, 0, decided=20))["verdict"]) == {"too few"}


def test_draws_alone_decide_nothing() -> None:
    assert seats_shown(seats(rows(0, 0, decided=0, drew=9))).empty

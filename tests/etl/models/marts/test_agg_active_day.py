"""`agg_active_day.sql`: exact counts of people over days, against sets counted in Python."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from support.analytics_journal import Row, at

pytestmark = pytest.mark.timeout(300)

Load = Callable[..., Callable[..., list[tuple[object, ...]]]]
COLUMNS = "activity_date, game, dau, wau, mau, n_new, n_returning, n_resurrected, n_dormant, n_churned"


def joined(player: str, when: datetime, game: str = "connect-four") -> Row:
    return Row(f"{player}{when}{game}", "joined", when, seat=0, player=player, game=game)


def counted(seen: dict[str, set[date]], first: date, last: date) -> list[tuple[object, ...]]:
    """What the table must hold, by its definitions, day by day and player by player."""
    rows: list[tuple[object, ...]] = []
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):

        def within(days: int, end: date = day) -> set[str]:
            window = {end - timedelta(days=number) for number in range(days)}
            return {player for player, dates in seen.items() if dates & window}

        on, before = within(1), within(1, day - timedelta(days=1))
        new = {player for player in on if min(seen[player]) == day}
        gone = {
            player
            for player, dates in seen.items()
            if day - timedelta(days=14) in dates and player not in within(14)
        }
        if within(30):
            rows.append(
                (
                    day,
                    len(on),
                    len(within(7)),
                    len(within(30)),
                    len(new),
                    len(on & before),
                    len(on - before - new),
                    len(before - on),
                    len(gone),
                )
            )
    return rows


def test_it_agrees_with_sets_counted_one_by_one(load: Load) -> None:
    chance = random.Random(11)
    start = at("2026-09-01 12:00:00")
    seen: dict[str, set[date]] = {}
    rows: list[Row] = []
    for number in range(8):
        player, day = f"p_{number}", chance.randrange(20)
        while day < 75:
            when = start + timedelta(days=day, minutes=number)
            rows.append(joined(player, when))
            seen.setdefault(player, set()).add(when.date())
            day += chance.choice([1, 1, 1, 2, 6, 7, 8, 13, 14, 15, 29, 30, 31, 40])
    rows.sort(key=lambda row: row.at)
    # in three loads, so that most days are counted from what is already there
    for number in range(3):
        read = load(rows[number * len(rows) // 3 : (number + 1) * len(rows) // 3])
    found = read("agg_active_day where game = ''", COLUMNS)
    expected = counted(seen, rows[0].at.date(), rows[-1].at.date())
    assert [(row[0], *row[2:]) for row in found] == expected
    assert [row[0::1] for row in read("agg_active_day where game <> ''", COLUMNS)] == [
        (row[0], "connect-four", *row[1:]) for row in expected
    ]


def test_a_player_of_two_games_is_one_person(load: Load) -> None:
    day = at("2026-11-20 10:00:00")
    read = load([joined("p_ann", day), joined("p_ann", day, "reversi"), joined("b_deep", day)])
    assert read("agg_active_day", "game, dau, n_new") == [
        ("", 1, 1),
        ("connect-four", 1, 1),
        ("reversi", 1, 1),
    ]


def test_an_old_player_is_new_to_another_game(load: Load) -> None:
    read = load(
        [joined("p_ann", at("2026-11-20 10:00:00")), joined("p_ann", at("2026-11-21 10:00:00"), "reversi")]
    )
    assert read("agg_active_day where activity_date = '2026-11-21'", "game, dau, n_new, n_returning") == [
        ("", 1, 0, 1),
        ("connect-four", 0, 0, 0),
        ("reversi", 1, 1, 0),
    ]


def test_quiet_days_between_are_there(load: Load) -> None:
    load([joined("p_ann", at("2026-11-10 10:00:00"))])
    read = load([joined("p_bob", at("2026-11-13 10:00:00"))])
    assert read("agg_active_day where game = ''", "day(activity_date), dau, wau") == [
        (10, 1, 1),
        (11, 0, 1),
        (12, 0, 1),
        (13, 1, 2),
    ]

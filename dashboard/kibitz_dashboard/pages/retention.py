"""Retention: of the people who were new, how many came back, by cohort and for all together."""

from collections.abc import Mapping
from typing import Any

from kibitz_dashboard.core.chosen import one_of
from kibitz_dashboard.core.drill import Link
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.pairs import ratio
from kibitz_dashboard.core.tiles import Tile, tile
from kibitz_dashboard.figures.retention import curve, matrix
from kibitz_dashboard.retention.cells import TEXTS, VARIANTS, grain, shown, when
from kibitz_dashboard.wilson import N_MIN, said

page = begin(
    "Retention",
    queries="retention",
    offered={"period", "compare", "game"},
    also=one_of("counted", "Back", VARIANTS),
)
variant, colours = page.filters.own, page.colours
is_bracket, by = variant == "bracket", grain(page.window)
days = page.both("retention/days", variant=variant)


def back(key: str, name: str) -> Tile:
    n, part = days[f"n_{name}"], days[f"back_{name}"]
    sure = (
        f"new people · 95 %: {said(part.now or 0, n.now)}"
        if n.now
        else "new people: that day is still to come"
    )
    return tile(key, ratio(part, n), n=n, of=sure, link=page.rooms())


keys = (
    ("bracket_7", "bracket_14", "bracket_30")
    if is_bracket
    else ("retention_7", "retention_14", "retention_30")
)
first = () if is_bracket else (back("retention_1", "one"),)
page.tiles(*first, *map(back, keys, ("seven", "fourteen", "thirty")), columns=4 - is_bracket)
rows = page.ask("retention/cells", variant=variant, grain=by)
empty = "Nobody who was new in this period has a day that is over. A longer period shows older cohorts."


def drill(point: Mapping[str, Any]) -> Link | None:
    window = when(point, 7 if by == "week" else 1)
    return None if window is None else page.rooms(window)


page.chart(
    f"Cohorts by {by}",
    matrix(rows, colours, is_bracket=is_bracket) if len(rows) else None,
    empty=empty,
    note=f"New people of each {by}, and the share that was {TEXTS[variant]}; grey below {N_MIN} people, "
    "empty where the day is not over for the whole cohort. A click opens the rooms of the day",
    drill=drill,
)
together = page.ask("retention/curve", variant=variant)
enough = together[(together["day_n"] > 0) & (together["n_cohort"] >= N_MIN)]
page.chart(
    "All cohorts together",
    curve(enough, colours, is_bracket=is_bracket) if len(enough) else None,
    empty=f"No day after the first has {N_MIN} new people yet.",
    note="Each day over the cohorts for which it is over, with its 95 % interval",
)
page.table(
    "Cells", shown(rows, is_bracket=is_bracket), raw=rows, file=f"retention-{variant}-{by}", empty=empty
)
page.define(
    "Cohort",
    "People by the UTC day of their first activity (in this game first, where one is chosen); bots left out. "
    "A week at the edge of the period has only the days within it.",
)
page.define("Day N", f"Dated by the cohort, not by the return: {TEXTS[variant]}.")
page.define("95 %", "Wilson's interval of the share.")
page.end()

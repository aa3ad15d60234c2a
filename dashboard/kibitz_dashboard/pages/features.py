"""Features: who takes them up, how much they are used, and who comes back to them."""

from kibitz_dashboard.core.drill import column_of_time
from kibitz_dashboard.core.page import begin
from kibitz_dashboard.core.tiles import tile
from kibitz_dashboard.features.tables import DEFINITIONS, features, name_of
from kibitz_dashboard.figures.features import LINES_MAX, by_day, taken_up

page = begin("Features", queries="features", offered={"period", "compare"})
used, colours = page.both("features/kpis"), page.colours
n = used["n_user_days"]
page.tiles(
    tile("features_used", used["n_features"], n=n, of="days of users"),
    tile("feature_uses", used["n_uses"], n=n, of="days of users"),
    tile("feature_first", used["n_first"], n=n, of="days of users"),
    columns=3,
)
nothing = "No feature was used in this period, or all players ask not to be tracked."
rows = page.ask("features/features")
before = page.filters.before
page.chart(
    "Taken up, and come back to",
    taken_up(rows, colours) if len(rows) else None,
    empty=nothing,
    note="Adoption: people of a day who used it. Stickiness: of their active days, those with it",
)
days = page.ask("features/by_day")
page.chart(
    "People per day",
    by_day(days, colours, rows["name"].tolist()) if len(days) else None,
    empty=nothing,
    note=f"The {LINES_MAX} features with the most; the table below has all. A click opens the day's rooms",
    drill=lambda point: column_of_time(page.filters, point, "day"),
)
page.table(
    "Features",
    features(rows, None if before is None else page.ask("features/features", before)),
    raw=rows,
    file="features",
    empty=nothing,
)
page.table(
    "Days", days.assign(name=days["name"].map(name_of)), raw=days, file="features-by-day", empty=nothing
)
for name, text in DEFINITIONS.items():
    page.define(name, text)
page.end()

"""Counts what was loaded: replaces, model by model, just those windows that new rows touched.

The cost follows the touched rooms, hours and days and not the history before them. A rebuild is the
same with more windows touched, so it gives the same rows.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from kibitz_etl import touched
from kibitz_etl.changes import Changes
from kibitz_etl.derived import Derived, rederive
from kibitz_etl.model import Model, Window
from kibitz_etl.models import JOURNAL, OF_TELEMETRY, origins, reaches
from kibitz_etl.spans import DAY, HOUR, Span, spans
from kibitz_etl.transform import Parameters, make, replace
from kibitz_etl.warehouse import transaction
from kibitz_etl.watermarks import everything_counted, read_journal_mark, read_telemetry_mark

_OF_ROOMS = "first_seq between $first_seq and $last_seq and room_id in (select room_id from touched_rooms)"
_PLAYERS = "player_id in (select player_id from touched_players)"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count found to do."""

    anything: bool
    closed: bool
    """A day is over that was not before, or one that was over changed."""


class Recounter:
    """Keeps the tables that are counted from facts in step with the facts."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, models: Sequence[Model], derived: Sequence[Derived], zone: str
    ) -> None:
        self._con = con
        self.changes = Changes()
        """Since they were last cleared."""
        self._is_all_touched = False
        """Every hour is counted again already: nothing need be compared to find out which ones change."""
        self._models = tuple(models)
        self._derived = derived
        self._zone = zone
        self._origins = origins(self._models)
        self._reaches = reaches(self._models)
        self._facts = [m for m in models if m.window is Window.BATCH and not m.is_staging]
        self._rooms = [m for m in models if m.window is Window.ROOMS]
        self._others = [m for m in models if m.window not in (Window.BATCH, Window.ROOMS)]

    def count_new(self) -> Counted:
        """Count what was loaded since the last count. One transaction. Raises `CheckFailed`."""
        with transaction(self._con):
            touched.begin(self._con)
            after = {fact.name: self._counted_seq(fact) for fact in self._facts}
            read_by_player = {name for m in self._models if m.window is Window.PLAYERS for name in m.sources}
            for fact in self._facts:
                is_journal = JOURNAL in self._origins[fact.name]
                touched.touch_new_hours(
                    self._con, fact, JOURNAL if is_journal else OF_TELEMETRY, after[fact.name]
                )
                if not is_journal and fact.name in read_by_player:
                    touched.touch_new_players(self._con, fact, after[fact.name])
            touched.touch_rooms_after(self._con, after["fct_event"])
            return self._count(forced=False)

    def recount(self, from_at: datetime | None = None, to_at: datetime | None = None) -> Counted:
        """Count again everything that happened in that time, by default ever. One transaction.

        Rooms with an event in it are counted whole. Raises `CheckFailed`.
        """
        with transaction(self._con):
            touched.begin(self._con)
            known = self._extent()
            if known is None:
                everything_counted(self._con)
                return Counted(anything=False, closed=False)
            start, end = max(from_at or known[0], known[0]), min(to_at or known[1], known[1])
            self._is_all_touched = (start, end) == known
            touched.touch_rooms_between(self._con, start, end)
            touched.touch_hours_between(self._con, start, end)
            self._con.execute(
                f"""
                insert into all_players
                select distinct '{OF_TELEMETRY}', player_id from fct_feature
                where used_at >= ? and used_at < ?
                """,
                [start, end],
            )
            self.changes.everything = True
            try:
                return self._count(forced=True)
            finally:
                self._is_all_touched = False

    def _count(self, *, forced: bool) -> Counted:
        for part in touched.rooms_in_parts(self._con):
            self._count_rooms(part)
        last_date, before = self._last_dates()
        is_over = forced or last_date != before
        has_closed = is_over
        for model in self._others:
            model_origins = self._origins[model.name]
            hours = touched.hours_of(self._con, model_origins)
            passed = touched.passed_days(before, last_date) if JOURNAL in model_origins else []
            days = sorted({*touched.days_of(hours), *passed})
            was_over = bool(days) and days[0].date() < last_date
            has_closed = has_closed or (was_over and JOURNAL in model_origins)
            match model.window:
                case Window.HOURS:
                    for span in spans(hours, HOUR):
                        self._replace_span(model, span, last_date)
                case Window.DAYS:
                    reach = self._reaches[model.name]
                    reached = {day + timedelta(days=number) for day in days for number in range(reach + 1)}
                    reached = {day for day in reached if day.date() <= last_date} | set(days)
                    for span in spans(reached, DAY):
                        self._replace_span(model, span, last_date)
                case Window.PLAYERS:
                    if touched.players_of(self._con, model_origins):
                        self._replace(model, _PLAYERS, {"closed_before": last_date})
                case Window.WHOLE:
                    if hours or forced:
                        self._replace(model, "true", {"last_date": last_date})
                case Window.CLOSED:
                    if is_over or was_over:
                        self._replace(model, "true", {"closed_before": last_date, "zone": self._zone})
                case _:
                    raise AssertionError(model.window)
        if has_closed:
            rederive(self._con, self._derived, last_date)
            self.changes.anywhere(table.name for table in self._derived)
        anything = forced or bool(touched.hours_of(self._con, (JOURNAL, OF_TELEMETRY)))
        self._con.execute("delete from etl_counted")
        self._con.execute("insert into etl_counted values (?)", [last_date])
        everything_counted(self._con)
        return Counted(anything, has_closed)

    def _count_rooms(self, part: touched.Rooms) -> None:
        parameters = {"first_seq": part.first_seq, "last_seq": part.last_seq}
        for model in self._rooms:
            if model.is_staging:
                make(self._con, model, parameters)
                touched.touch_players_of_rooms(self._con)
            else:
                self._replace(model, _OF_ROOMS, parameters)

    def _replace_span(self, model: Model, span: Span, last_date: date) -> None:
        from_at, to_at = span
        self.changes.in_span(model.name, span)
        is_date = model.columns[0].type == "date"
        bounds = "$from_date and {0} < $to_date" if is_date else "$from_at and {0} < $to_at"
        self._replace(
            model,
            f"{model.key} >= {bounds.format(model.key)}",
            {
                "from_at": from_at,
                "to_at": to_at,
                "from_date": from_at.date(),
                "to_date": to_at.date(),
                "last_date": last_date,
            },
        )

    def _replace(self, model: Model, window: str, parameters: Parameters) -> None:
        if model.window not in (Window.HOURS, Window.DAYS):
            self.changes.anywhere([model.name])
        if self._is_all_touched:
            replace(self._con, model, window, parameters)
            return
        origin = min(self._origins[model.name])
        with touched.touching_changes(self._con, model, origin, window, parameters):
            replace(self._con, model, window, parameters)

    def _counted_seq(self, fact: Model) -> int:
        source = fact.sources[0]
        if JOURNAL in self._origins[fact.name]:
            return read_journal_mark(self._con).counted_seq
        return read_telemetry_mark(self._con, source).counted_seq

    def _last_dates(self) -> tuple[date, date | None]:
        """The newest day that the journal has come to, now and at the last count."""
        newest = read_journal_mark(self._con).watermark_at
        counted = self._con.execute("select last_date from etl_counted").fetchall()
        return (date(1970, 1, 1) if newest is None else newest.date(), counted[0][0] if counted else None)

    def _extent(self) -> Span | None:
        """From the first to after the last hour that any fact speaks of."""
        parts = " union all ".join(
            f"select min({touch.at}) as first_at, max({touch.at}) as last_at from {fact.name}"
            for fact in self._facts
            for touch in fact.touches
        )
        first_at, last_at = self._con.execute(
            f"""
            select date_trunc('hour', min(first_at))::timestamp, date_trunc('hour', max(last_at))::timestamp
            from ({parts})
            """
        ).fetchall()[0]
        return None if first_at is None else (first_at, last_at + HOUR)

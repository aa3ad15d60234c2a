"""How this is counted: beside each page's numbers, their definitions, their bounds and their SQL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.frames import frame
from kibitz_dashboard.core.mart import Mart, Parameter, Pointer, query_text, tables_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that a page asked, with what it was asked for."""

    name: str
    parameters: tuple[tuple[str, Parameter], ...]
    n_rows: int

    @property
    def sql(self) -> str:
        """With its parameters written in, so that it runs as it stands on the SQL page."""
        return filled_in(query_text(self.name), dict(self.parameters))


def filled_in(sql: str, parameters: Mapping[str, Parameter]) -> str:
    """SQL to read and to copy; what runs takes its parameters apart from its text."""

    def literal(found: re.Match[str]) -> str:
        name = found.group(1)
        return _literal(parameters[name]) if name in parameters else found.group(0)

    return re.sub(r"\$([a-z_]+)\b", literal, sql).strip()


def tables_read(mart: Mart, queries: Sequence[str]) -> list[str]:
    """What the tables behind these queries are, in the words of their models."""
    read = frozenset[str]().union(*(tables_of(name) for name in queries))
    catalog = frame(mart, "core/catalog")
    return [
        f"- `{table}`: {words.sentence(about, grain)}"
        for table, about, grain in zip(catalog["table_name"], catalog["about"], catalog["grain"], strict=True)
        if table in read
    ]


def how_counted(
    mart: Mart,
    pointer: Pointer | None,
    definitions: Mapping[str, str],
    asked: Sequence[Asked],
    *,
    period: str,
    zone: str,
    now: datetime,
) -> None:
    with st.expander("How this is counted", icon=":material/calculate:"):
        if definitions:
            st.markdown("\n".join(f"- **{name}**: {text}" for name, text in definitions.items()))
        st.markdown(
            "\n".join(f"- {line}" for line in contract(mart, pointer, period=period, zone=zone, now=now))
        )
        if asked:
            st.markdown("\n".join(tables_read(mart, [each.name for each in asked])))
        for each in asked:
            st.caption(f"queries/{each.name}.sql · {words.count(each.n_rows)} rows")
            st.code(each.sql, language="sql")


def contract(
    mart: Mart, pointer: Pointer | None, *, period: str, zone: str, now: datetime
) -> tuple[str, ...]:
    """Zone, watermark and its age, rows behind, late rows: what a number of this page promises."""
    meta = mart.meta
    age = words.NOTHING if meta.watermark_at is None else words.ago(meta.watermark_at, now)
    lines = [
        f"**Period** {period}; its end left out, a day is a UTC day, the running hour is not over yet.",
        f"**Zone** {zone} for hours of the day and times.",
        (
            f"**Watermark** event {meta.watermark_seq:,} of {words.clock(meta.watermark_at)} ({age}); "
            f"{meta.rows_loaded:,} events counted, mart {meta.mart_version} of {words.clock(meta.built_at)}."
        ),
        (
            f"**Late** {meta.late_rows:,} events came more than 10 minutes after newer ones, and count where "
            f"they happened; {meta.quarantined_rows:,} are in quarantine and do not count."
        ),
    ]
    if pointer is not None:
        lines.append(f"**Checked** {words.ago(pointer.checked_at, now)}, every {pointer.interval_s:g} s.")
    return tuple(lines)


def _literal(value: Parameter) -> str:
    if isinstance(value, datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + value.replace("'", "''") + "'"

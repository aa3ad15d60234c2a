"""The tables of the Performance page as people read them."""

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.server.answers import ClientBuild

SUBJECTS = {
    "event": "Socket events",
    "route": "HTTP requests",
    "action": "Actions of games",
    "commit": "Commits",
    "broadcast": "Broadcasts",
    "loop_lag": "Loop lag",
}
"""What can be drawn over time; the table has whatever else was timed."""

BUDGET_COLUMNS = {
    "Size": st.column_config.NumberColumn(format="bytes"),
    "Limit": st.column_config.NumberColumn(format="bytes"),
    "Used": st.column_config.ProgressColumn(format="percent"),
}

DEFINITIONS = {
    "Percentiles": "read from merged log buckets, 8 to the octave: never a mean of percentiles, within 5 %.",
    "Processor and memory": "of the server's process, from a sample every 10 seconds, kept for 45 days by "
    "the minute.",
    "Slowest rooms": "by the longest that a single action took the server since the room was made.",
    "Client": "brotli bytes of each part of the players' client that this server gives out; a build "
    "above a limit fails.",
}


def latencies(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What": [SUBJECTS.get(subject, words.column(subject)) for subject in rows["subject"]],
            "Name": [name or words.NOTHING for name in rows["name"]],
            "n": rows["n"],
            **{
                name: rows[column].map(precise)
                for name, column in (("Median", "p50_ms"), ("95 of 100", "p95_ms"), ("99 of 100", "p99_ms"))
            },
        }
    )


def precise(ms: float) -> str:
    """Durations of a server: below a millisecond in microseconds, below ten with a decimal."""
    if ms < 1:
        return words.micros(1000 * ms)
    return f"{ms:.1f} ms" if ms < 10 else words.duration(ms)


def errors(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Kind": rows["kind"],
            "Name": [name or words.NOTHING for name in rows["name"]],
            "Errors": rows["n"],
            "First hour": words.local(rows["first_hour_at"], zone),
            "Last hour": words.local(rows["last_hour_at"], zone),
        }
    )


def slowest(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Room": rows["room_id"].str.slice(0, 8),
            "Game": rows["game"].map(words.game),
            "Slowest action": rows["handled_us_max"].map(words.micros),
            "Mean": rows["handled_us_mean"].map(words.micros),
            "Actions": rows["n_actions"],
            "Last event": words.local(rows["last_event_at"], zone),
        }
    )


def incidents(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "At": words.local(rows["occurred_at"], zone),
            "Kind": rows["kind"].str.replace("_", " "),
            "Room": rows["room_id"].fillna("").str.slice(0, 8),
            "Version": rows["version"],
            "Transport": rows["transport"].fillna(words.NOTHING),
            "Detail": rows["detail"].fillna(""),
        }
    )


def budgets(build: ClientBuild | str) -> pd.DataFrame:
    """Each part of the players' client beside its limit; empty where a sentence says why it is not known."""
    if isinstance(build, str):
        return pd.DataFrame()
    return pd.DataFrame(
        [
            {
                "Part": each.name,
                "Size": each.bytes,
                "Limit": each.limit,
                "Used": each.bytes / each.limit if each.limit else None,
            }
            for each in build.budgets
        ]
    )

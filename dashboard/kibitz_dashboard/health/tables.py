"""The tables of the Health page as people read them."""

import pandas as pd

from kibitz_dashboard import words


def days(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Day (UTC)": pd.to_datetime(rows["day"]),
            "In the journal": rows["n_journal"],
            "In the warehouse": rows["n_warehouse"],
            "Difference": rows["n_warehouse"] - rows["n_journal"],
            "Verdict": ["✓ equal" if equal else "✗ not equal" for equal in rows["is_equal"]],
            "Compared": words.local(rows["checked_at"], zone),
        }
    )


def runs(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Began": words.local(rows["started_at"], zone),
            "State": ["✓ done" if state == "done" else f"✗ {state}" for state in rows["state"]],
            "Rows read": rows["rows_read"],
            "Batches": rows["batches"],
            "Mart": rows["mart_version"],
            "Took": [words.duration(None if pd.isna(ms) else ms) for ms in rows["duration_ms"]],
            "Error": [words.NOTHING if not isinstance(error, str) else error for error in rows["error"]],
        }
    )


def quarantined(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Found": words.local(rows["found_at"], zone),
            "Source": rows["source"],
            "Position": rows["seq"],
            "Why": rows["error"],
        }
    )

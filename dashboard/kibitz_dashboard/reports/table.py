"""The list of reports as people read it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from kibitz_dashboard import words
from kibitz_dashboard.core.drill import Link
from kibitz_dashboard.reports.shelf import Report


def as_shown(reports: Sequence[Report], zone: str) -> pd.DataFrame:
    if not reports:
        return pd.DataFrame()
    made = pd.Series([datetime.fromtimestamp(each.made_at, UTC).replace(tzinfo=None) for each in reports])
    return pd.DataFrame(
        {
            "Report": [each.manifest.title for each in reports],
            "Period": [each.manifest.period for each in reports],
            "State": ["✗ not whole" if each.faults() else "✓ whole" for each in reports],
            "Files": [len(each.manifest.files) for each in reports],
            "Size": [words.size(each.size) for each in reports],
            "Mart": [each.manifest.mart_version for each in reports],
            "Made": words.local(made, zone).dt.floor("s"),
        }
    )


def link_to(chosen: Report) -> Link:
    return Link("pages/reports.py", {"report": chosen.name, "of": chosen.period}, "Report")

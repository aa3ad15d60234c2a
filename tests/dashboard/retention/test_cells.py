"""`retention/cells.py`: from a clicked cell to the days on which its people played."""

import pytest

from kibitz_dashboard.core.periods import Window
from kibitz_dashboard.retention.cells import grain, when
from support.analytics_journal import naive


def test_a_cell_of_a_week() -> None:
    window = when({"x": "7", "y": "02 Nov 2026 · n 150"}, 7)
    assert window == Window(naive("2026-11-09"), naive("2026-11-16"))


def test_a_cell_of_a_bracket() -> None:
    window = when({"x": "8–14", "y": "02 Nov 2026 · n 15"}, 1)
    assert window == Window(naive("2026-11-10"), naive("2026-11-17"))


@pytest.mark.parametrize("point", [{}, {"x": "7", "y": "nonsense"}, {"x": "'; --", "y": "02 Nov 2026"}])
def test_nonsense_leads_nowhere(point: dict[str, str]) -> None:
    assert when(point, 1) is None


def test_long_periods_have_weeks() -> None:
    assert grain(Window(naive("2026-11-01"), naive("2026-11-15"))) == "day"
    assert grain(Window(naive("2026-11-01"), naive("2026-11-29"))) == "week"

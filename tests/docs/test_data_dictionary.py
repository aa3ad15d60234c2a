"""docs/data-dictionary.md is what the models and the pages say."""

import subprocess
import sys
from pathlib import Path

import pytest

from kibitz_dashboard.core.catalogue import Metric, metrics
from kibitz_etl.models import Model, load_models

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_data_dictionary.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("model", load_models(), ids=lambda model: model.name)
def test_every_table_and_column_is_there(model: Model) -> None:
    section = PAGE.split(f"### `{model.name}`")[1].split("\n### ")[0]
    assert model.grain in section
    for column in model.columns:
        assert f"| `{column.name}` | {column.type} | {column.meaning} |" in section


@pytest.mark.parametrize("metric", metrics().values(), ids=lambda metric: metric.key)
def test_every_metric_is_there(metric: Metric) -> None:
    assert f"- **{metric.label}**: {metric.definition}" in PAGE

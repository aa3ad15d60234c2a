"""The catalogue: every number has a meaning, and every tile stands in it."""

import re
from importlib.resources import files

import pytest

from kibitz_dashboard.core.catalogue import Metric, metric, metrics

PACKAGE = files("kibitz_dashboard")


@pytest.mark.parametrize("each", metrics().values(), ids=lambda each: each.key)
def test_each_says_what_it_is(each: Metric) -> None:
    assert each.text.endswith(".")
    assert each.good in {"up", "down", ""}
    assert each.definition.endswith(("Exact.", f"Approximate: {each.approximate}."))
    assert each.say(None) == "—"
    assert each.say(1234.5)


def test_labels_are_of_one_metric_each() -> None:
    labels = [each.label for each in metrics().values()]
    assert len(labels) == len(set(labels))


def test_an_unknown_one_is_a_mistake_in_a_page() -> None:
    with pytest.raises(KeyError):
        metric("no_such_metric")


def test_pages_use_what_is_there_and_leave_none_out() -> None:
    text = "\n".join(file.read_text("utf-8") for file in (PACKAGE / "pages").iterdir() if file.is_file())
    used = set(re.findall(r'tile\(\s*"([a-z0-9_]+)"', text))
    assert used <= set(metrics())

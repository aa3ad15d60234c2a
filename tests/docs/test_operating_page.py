"""docs/operating.md names every command and every metric."""

import re
from pathlib import Path

import pytest

from kibitz import cli
from kibitz.metrics.names import metrics_table

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")


def test_every_command_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"], {}) == 0
    commands = re.findall(r"^  (\w+) ", capsys.readouterr().out, flags=re.MULTILINE)
    assert {"up", "serve", "bots"} <= set(commands)
    assert [command for command in commands if f"`kibitz {command}" not in PAGE] == []


def test_the_page_holds_the_table_of_metrics() -> None:
    assert metrics_table() in PAGE

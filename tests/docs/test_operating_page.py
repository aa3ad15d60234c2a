"""docs/operating.md names every command and every metric."""

import re
from pathlib import Path

import pytest

from kibitz import cli

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")


def test_every_command_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"], {}) == 0
    commands = re.findall(r"^  (\w+) ", capsys.readouterr().out, flags=re.MULTILINE)
    assert {"up", "serve", "bots"} <= set(commands)
    assert [command for command in commands if f"`kibitz {command}" not in PAGE] == []


def test_every_gauge_is_described() -> None:
    source = (Path(cli.__file__).parents[1] / "app" / "gauges.py").read_text("utf-8")
    gauges = re.findall(r'metrics\.gauge\(\s*"(\w+)"', source)
    assert "journal" in gauges
    assert [gauge for gauge in gauges if f"`kibitz_{gauge}`" not in PAGE] == []

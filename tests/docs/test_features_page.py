"""docs/features.md, the server's list and the client agree on what is counted."""

import re
from pathlib import Path

import pytest

from kibitz.play.features import FEATURES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "features.md").read_text("utf-8")
CLIENT = ROOT / "server" / "web" / "src"


def test_the_page_names_what_the_server_takes() -> None:
    named = re.findall(r"^\| `(\w+)` \| \w.*\|$", PAGE, re.MULTILINE)
    assert named == sorted(FEATURES)


def test_the_client_knows_the_same_names() -> None:
    source = (CLIENT / "core" / "features.ts").read_text("utf-8")
    declared = source.split("export type FeatureName =")[1].split(";")[0]
    assert re.findall(r'"(\w+)"', declared) == sorted(FEATURES)


@pytest.mark.parametrize("name", sorted(FEATURES))
def test_each_is_counted_somewhere(name: str) -> None:
    sources = [path.read_text("utf-8") for path in CLIENT.rglob("*.ts*") if path.name != "features.ts"]
    assert any("used(" in source and f'"{name}"' in source for source in sources)

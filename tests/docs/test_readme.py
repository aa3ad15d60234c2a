"""The first page keeps its word: its game is the guide's, its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "data/README.md",
]
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def test_the_game_is_the_one_of_the_guide() -> None:
    readme = CODE.findall((ROOT / "README.md").read_text("utf-8"))
    guide = CODE.findall((ROOT / "docs" / "writing-a-game.md").read_text("utf-8"))
    assert readme[0] == guide[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert missing == []


def test_pictures_are_shown_somewhere() -> None:
    shown = {Path(link).name for page in PAGES for link in LINK.findall(page.read_text("utf-8"))}
    assert {picture.name for picture in (ROOT / "docs" / "images").iterdir()} <= shown

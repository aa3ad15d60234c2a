"""The files that are not code: theme and layout keep what the rest counts on."""

import re
import tomllib
from importlib.resources import files

import pytest

from kibitz_dashboard.core.navigation import ENTRIES
from kibitz_dashboard.palette import DARK, LIGHT, Palette

PACKAGE = files("kibitz_dashboard")
CONFIG = tomllib.loads((PACKAGE / ".streamlit" / "config.toml").read_text("utf-8"))
PAGES = [file.name for file in (PACKAGE / "pages").iterdir() if file.name.endswith(".py")]


def test_it_never_phones_home() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["headless"] is True
    assert not re.search(r"https?://", (PACKAGE / ".streamlit" / "config.toml").read_text("utf-8"))


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_theme_and_palette_agree(theme: str, palette: Palette) -> None:
    colours = CONFIG["theme"][theme]
    assert tuple(colours["chartCategoricalColors"]) == palette.seats
    assert (colours["primaryColor"], colours["textColor"]) == (palette.accent, palette.ink)
    assert (colours["borderColor"], colours["secondaryBackgroundColor"]) == (palette.rule, palette.surface)


@pytest.mark.parametrize("page", PAGES)
def test_pages_only_compose(page: str) -> None:
    """A page checks session and role before anything else (`begin`, `enter`), stays short, holds no SQL."""
    text = (PACKAGE / "pages" / page).read_text("utf-8")
    assert len(text.splitlines()) <= 80
    assert not re.search(r"\bselect\b.*\bfrom\b", text, re.IGNORECASE)
    assert re.search(r"^(page = begin|visit = enter)\(", text, re.MULTILINE)
    assert page in {f"{entry.name}.py" for entry in ENTRIES}


@pytest.mark.parametrize(
    "query",
    [f"{folder.name}/{file.name}" for folder in (PACKAGE / "queries").iterdir() for file in folder.iterdir()],
    ids=lambda name: name.removesuffix(".sql"),
)
def test_queries_take_values_as_parameters_only(query: str) -> None:
    text = (PACKAGE / "queries" / query).read_text("utf-8")
    assert text.strip().lower().startswith(("select", "with", "--"))
    assert "{" not in text
    assert ";" not in text

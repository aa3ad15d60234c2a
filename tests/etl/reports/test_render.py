"""Whatever stands in a name stays text, in the page and in the PDF."""

from html.parser import HTMLParser

from kibitz_etl.reports import figures
from kibitz_etl.reports.content import Content, Section, Table, Tile
from kibitz_etl.reports.periods import parse
from kibitz_etl.reports.render import to_html, to_pdf

NASTY = '<b onclick="x">a</b> #panic("typst") [b] $c$ *d* @e {{ f }} \\ " & é 漢 🎲'


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def content(name: str) -> Content:
    """With the name in every place there is."""
    drawn = figures.percentiles([{"name": name, "p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 1e9}])
    whole = Section(
        name,
        [name],
        [Tile(name, name, name, "good", name)],
        drawn,
        name,
        Table((name, "n"), [(name, "1")], frozenset((1,)), [f"https://games.example/?a={name}"]),
        "https://games.example/",
    )
    return Content(name, parse("2026-W47"), [name], [whole, Section(name, empty=name)], [name], is_demo=True)


def test_markup_in_a_page() -> None:
    page = to_html(content(NASTY)).decode()
    seen = Seen()
    seen.feed(page)
    assert "b" not in seen.tags
    assert "onclick" not in seen.attributes
    assert "&lt;b onclick=" in page


def test_markup_in_a_pdf() -> None:
    """Typst would stop at `#panic`, at the reference and at the open brackets, were they read as markup."""
    assert to_pdf(content(NASTY)).startswith(b"%PDF-")


def test_nothing_at_all() -> None:
    nothing = Content("", parse("2026-W47"), [], [], [])
    assert to_html(nothing)
    assert to_pdf(nothing)

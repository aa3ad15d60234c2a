"""A report as a page that needs nothing else, and as a PDF; the same content gives the same bytes."""

import json
import tempfile
from importlib.resources import files
from pathlib import Path

import typst
from jinja2 import Environment, FunctionLoader, StrictUndefined

from kibitz_etl.reports.content import Content, Section

_TEMPLATES = files("kibitz_etl") / "reports" / "templates"


def to_html(content: Content) -> bytes:
    """One file: styles and drawings are in it, scripts and outside addresses are not."""
    environment = Environment(
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.j2")
    return page.render(content=content, before=content.period.before().words).encode()


def to_pdf(content: Content) -> bytes:
    """A4, by Typst with the fonts that it brings: no font of the machine, no time is in it."""
    with tempfile.TemporaryDirectory(prefix="kibitz-report-") as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes((_TEMPLATES / "report.typ").read_bytes())
        sections = [_plain(section, folder, number) for number, section in enumerate(content.sections)]
        words = content.period.words
        told = {
            "title": content.title,
            "name": content.period.name,
            "words": words[:1].upper() + words[1:],
            "before": content.period.before().words,
            "is_demo": content.is_demo,
            "summary": list(content.summary),
            "quality": list(content.quality),
            "sections": sections,
        }
        (folder / "content.json").write_text(json.dumps(told), "utf-8")
        return typst.compile(folder / "report.typ", root=folder, ignore_system_fonts=True, timestamp=0)


def _plain(section: Section, folder: Path, number: int) -> dict[str, object]:
    drawing = ""
    if section.svg:
        drawing = f"{number}.svg"
        (folder / drawing).write_text(section.svg, "utf-8")
    table = section.table
    return {
        "title": section.title,
        "sentences": list(section.sentences),
        "tiles": [
            {"name": each.name, "value": each.value, "change": each.change, "tone": each.tone, "n": each.n}
            for each in section.tiles
        ],
        "drawing": drawing,
        "alt": section.alt,
        "link": section.link,
        "empty": section.empty,
        "table": None
        if table is None
        else {
            "head": list(table.head),
            "rows": [list(row) for row in table.rows],
            "numeric": sorted(table.numeric),
        },
    }

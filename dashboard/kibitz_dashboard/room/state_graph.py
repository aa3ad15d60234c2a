"""A table of states as Graphviz, drawn by the browser with what Streamlit itself brings."""

from kibitz_dashboard.palette import Palette
from kibitz_dashboard.server.answers import States

TRIGGERS_A_LINE = 2


def dot(table: States, colours: Palette, *, now: str | None, label: str) -> str:
    """The table in the DOT language; the state that is `now` stands out."""
    states = list(dict.fromkeys(state for arrow in table.arrows for state in (arrow.from_, arrow.to)))
    font = 'fontname="system-ui, sans-serif" fontsize=12'
    paint = f'color="{colours.muted}" fillcolor="{colours.surface}" fontcolor="{colours.ink}"'
    lines = [
        f"digraph {_quoted(label)} {{",
        f'rankdir=LR bgcolor="transparent" nodesep=0.35 ranksep=0.6 {font}',
        f'node [shape=box style="rounded,filled" {paint} {font} margin="0.16,0.08"]',
        f'edge [color="{colours.muted}" fontcolor="{colours.ink}" {font} arrowsize=0.7]',
        f'begin [shape=circle style=filled fillcolor="{colours.ink}" label="" width=0.13]',
    ]
    for state in states:
        said = ""
        if state == now:
            said = f' fillcolor="{colours.accent}" color="{colours.accent}" fontcolor="{colours.on_accent}"'
        if state in table.final:
            said += " peripheries=2"
        lines.append(f"{_quoted(state)} [label={_quoted(state)}{said}]")
    lines.append(f"begin -> {_quoted(table.begin)}")
    lines += [
        f"{_quoted(arrow.from_)} -> {_quoted(arrow.to)} [label={_label(arrow.triggers)}]"
        for arrow in table.arrows
    ]
    return "\n".join([*lines, "}"])


def _label(triggers: list[str]) -> str:
    rows = [triggers[i : i + TRIGGERS_A_LINE] for i in range(0, len(triggers), TRIGGERS_A_LINE)]
    return '"' + "\\n".join(_escaped(", ".join(row)) for row in rows) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")

"""Tiles: a value with its unit, how it changed, how many things both rest on, and the way to its rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from kibitz_dashboard.core.catalogue import Metric, metric
from kibitz_dashboard.core.change import BASE_MIN, basis, change
from kibitz_dashboard.core.drill import Link
from kibitz_dashboard.core.pairs import Both


@dataclass(frozen=True, slots=True)
class Tile:
    metric: Metric
    value: Both
    n: Both | None
    of: str
    """What the n are; by itself where there is no n."""
    link: Link | None

    @property
    def change(self) -> str | None:
        n = self.n or Both(None)
        return change(self.metric, self.value.now, self.value.before, n.now, n.before)


def tile(key: str, value: Both, *, n: Both | None, of: str, link: Link | None = None) -> Tile:
    """`key`: in the catalogue; `n` of what (`of`) the value rests on; `link`: to the rooms behind it."""
    return Tile(metric(key), value, n, of, link)


def show(tiles: Sequence[Tile], *, compared_with: str | None, columns: int = 4) -> None:
    with st.grid(columns, min_column_width=150, gap="small"):
        for each in tiles:
            with st.container(border=True, gap=None, height="stretch", key=f"card-tile-{each.metric.key}"):
                _show(each, compared_with)


def _show(each: Tile, compared_with: str | None) -> None:
    said, good = each.change, each.metric.good
    is_flat = said is not None and said.startswith("±")
    colour = {"up": "normal", "down": "inverse", "": "off"}[good]
    st.metric(
        each.metric.label,
        each.metric.say(each.value.now),
        delta=said,
        delta_color="off" if is_flat else colour,  # type: ignore[arg-type]
        delta_arrow="off" if is_flat else "auto",
        help=each.metric.definition + (f" Compared with {compared_with}." if compared_with else ""),
    )
    if said is None and each.value.is_compared:
        st.caption(f"too few to compare: fewer than {BASE_MIN}")
    words = each.of if each.n is None else basis(each.n.now, each.of)
    if each.link is None:
        st.caption(words)
    else:
        st.page_link(
            each.link.page, label=words, query_params=each.link.within, help=f"{each.link.label} behind it"
        )

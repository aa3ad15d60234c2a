"""Draws tiles: value, change and what both rest on."""

from collections.abc import Sequence

import streamlit as st

from kibitz_dashboard.core.metrics import Tile


def show(tiles: Sequence[Tile], *, compared_with: str) -> None:
    with st.grid(4, min_column_width=150, gap="small"):
        for tile in tiles:
            with st.container(border=True, gap=None, height="stretch", key=f"card-{tile.label}"):
                st.metric(
                    tile.label,
                    tile.value,
                    delta=tile.delta,
                    delta_color="off" if tile.is_good_up is None or _is_flat(tile) else "normal",
                    delta_arrow="off" if _is_flat(tile) else "auto",
                    help=f"{tile.definition} Compared with {compared_with}.",
                )
                st.caption(tile.basis)


def _is_flat(tile: Tile) -> bool:
    return tile.delta is not None and tile.delta.startswith("±")

"""A control of a page's own: one of a few, kept in the address like the others."""

from collections.abc import Callable, Mapping

import streamlit as st

from kibitz_dashboard.core.filters import adopt


def one_of(key: str, label: str, options: Mapping[str, str], *, width: int = 190) -> Callable[[], str]:
    """For `begin(also=)`: draws a choice between `options` (by their names inside), the first unless told."""

    def draw() -> str:
        names = list(options)
        adopt(key, names)
        chosen = st.selectbox(
            label,
            names,
            format_func=options.__getitem__,
            key=key,
            bind="query-params",
            width=width,
        )
        return chosen or names[0]

    return draw

"""What surrounds every page: the mark, a little style that the theme cannot say, the way out."""

from importlib.resources import files
from string import Template

import streamlit as st

from kibitz_dashboard.palette import Palette, palette

_STYLE = """
<style>
[data-testid="stMetricValue"], [data-testid="stMetricDelta"], td { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  [data-testid="stMetricValue"] { font-size: 21px; }
  .heatmap-label { display: none; }
}
h1, h2, h3 { letter-spacing: -.02em; }
[data-testid="stMainBlockContainer"] { max-width: 1180px; }
[class*="st-key-card-"] { background: $surface; box-shadow: $shadow; }
[data-testid="stBaseLinkButton-primary"], [data-testid="stBaseLinkButton-primary"] *,
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] *,
[data-testid="stBaseButton-primaryFormSubmit"], [data-testid="stBaseButton-primaryFormSubmit"] * {
  color: $on_accent;
}
[class*="st-key-card-tile-"] [data-testid="stPageLink-NavLink"] {
  padding: 0; background: none; min-height: 0;
}
[class*="st-key-card-tile-"] [data-testid="stPageLink-NavLink"] p {
  font-size: 14px; font-weight: 400; color: $link; text-decoration: underline; text-underline-offset: 3px;
  text-decoration-thickness: 1px; white-space: normal; line-height: 1.4;
}
[class*="st-key-card-tile-"] [data-testid="stPageLink-NavLink"] * { overflow: visible; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] { background: none; }
[class*="st-key-sql-text"] textarea {
  font-family: ui-monospace, monospace; font-size: 14px; line-height: 1.5;
}
form.leave button {
  font: inherit; padding: 0; border: 0; background: none; color: inherit; text-decoration: underline;
  cursor: pointer;
}
form.leave { margin: 0; font-size: 13px; opacity: .75; }
</style>
"""


def style() -> None:
    theme = st.context.theme.type or "light"
    own = palette(theme)
    st.logo(str(files("kibitz_dashboard") / "brand" / f"wordmark-{theme}.svg"), size="large")
    said = {"surface": own.surface, "on_accent": own.on_accent, "shadow": own.shadow, "link": own.accent}
    st.html(Template(_STYLE).substitute(said))


def account() -> None:
    st.html('<form class="leave" method="post" action="/logout"><button>Log out</button></form>')


def colours() -> Palette:
    """Those of the theme that this browser shows."""
    return palette(st.context.theme.type)

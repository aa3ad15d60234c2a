"""The controls of the pages. Each lives in the URL, so a link shows another admin the same thing."""

from dataclasses import dataclass

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.frames import frame
from kibitz_dashboard.core.mart import Mart, Parameter
from kibitz_dashboard.core.periods import Period, Window

ALL_GAMES = "all"
_BOTS = {"all": "All rooms", "without": "People only", "with": "With bots"}
_STATUSES = {
    "all": "Any status",
    "open": "Open",
    "waiting": "Waiting",
    "playing": "Playing",
    "finished": "Between matches",
    "closed": "Closed",
}


@dataclass(frozen=True, slots=True)
class Filters:
    period: Period
    game: str
    """Empty for all."""
    bots: str
    """`all`, `with` or `without`: whether a bot ever took a seat in the room."""
    status: str = "all"

    def over(self, window: Window) -> dict[str, Parameter]:
        """The parameters of a query over this window."""
        return {
            "game": self.game,
            "bots": self.bots,
            "status": self.status,
            "from_at": window.from_at,
            "to_at": window.to_at,
        }


def choose(mart: Mart, *, with_status: bool = False) -> Filters:
    """Draw the controls and read them."""
    games = [ALL_GAMES, *frame(mart, "core/games")["game"]]
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key="filters"):
        # plain strings, not the enum: what is bound to the URL must survive a reload of this module
        period = st.segmented_control(
            "Period",
            [period.value for period in Period],
            default=Period.DAY.value,
            required=True,
            key="period",
            bind="query-params",
        )
        if with_status:
            status = st.selectbox(
                "Status",
                list(_STATUSES),
                format_func=_STATUSES.__getitem__,
                key="status",
                bind="query-params",
                width=158,
            )
        else:
            status = "all"
        game = st.selectbox(
            "Game",
            games,
            format_func=lambda name: "All games" if name == ALL_GAMES else words.game(name),
            key="game",
            bind="query-params",
            width=158,
        )
        bots = st.selectbox(
            "Bots", list(_BOTS), format_func=_BOTS.__getitem__, key="bots", bind="query-params", width=158
        )
    return Filters(
        period=Period(period or Period.DAY.value),
        game="" if game in (None, ALL_GAMES) else str(game),
        bots=bots or "all",
        status=status or "all",
    )

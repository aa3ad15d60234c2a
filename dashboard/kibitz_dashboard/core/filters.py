"""The controls of the pages. Each lives in the URL, so a link shows another reader the same thing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from urllib.parse import parse_qs
from zoneinfo import available_timezones

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.frames import frame
from kibitz_dashboard.core.mart import Mart, Parameter
from kibitz_dashboard.core.periods import Period, Window, windows

ALL_GAMES = "all"
EVERY = frozenset({"period", "compare", "game", "bots", "zone"})
"""What a page offers unless it says otherwise; a control that its numbers cannot follow is left out."""
VIA = "via"
"""In the address of a link of ours."""
VIA_CHARS_MAX = 400
BOUND = ("period", "days", "compare", "game", "bots", "zone", "status")
"""What controls hold, by their names in the address."""
_ARRIVED, _FOLLOWED = "arrived", "followed"
_COMPARE = {"previous": "Period before", "none": "Nothing"}
_BOTS = {"all": "All rooms", "without": "People only", "with": "With bots"}
_PERIODS = [period.value for period in Period]


@dataclass(frozen=True, slots=True)
class Filters:
    window: Window
    before: Window | None
    """What to compare with; None where the reader wants nothing compared."""
    game: str = ""
    """Empty for all."""
    bots: str = "all"
    """`all`, `with` or `without`: whether a bot ever took a seat in the room."""
    zone: str = "UTC"
    """For hours of the day and for showing times; days stay UTC days."""
    own: str = ""
    """What the page's own control says."""

    def over(self, window: Window) -> dict[str, Parameter]:
        """The parameters of a query over this window."""
        return {
            "game": self.game,
            "bots": self.bots,
            "zone": self.zone,
            "step": window.step,
            "from_at": window.from_at,
            "to_at": window.to_at,
        }


def choose(
    mart: Mart, now: datetime, offered: Collection[str] = EVERY, also: Callable[[], str] | None = None
) -> Filters:
    """Draw the controls and read them; `also` draws one of the page's own."""
    arrive()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        window, before = _period(now, "compare" in offered) if "period" in offered else _last_week(now)
        game = _game(mart) if "game" in offered else ""
        bots = _bots() if "bots" in offered else "all"
        zone = choose_zone() if "zone" in offered else "UTC"
        own = also() if also is not None else ""
    if "period" not in offered:
        return Filters(window, None, game, bots, zone, own)
    said = f"{window.label}, UTC days"
    if before is not None:
        said += f" · compared with {before.label}, the same weekdays"
    st.caption(said)
    return Filters(window, before, game, bots, zone, own)


def _last_week(now: datetime) -> tuple[Window, None]:
    return windows(Period.WEEK, now)[0], None


def _period(now: datetime, is_compared: bool) -> tuple[Window, Window | None]:
    # plain strings, not the enum: what is bound to the URL must survive a reload of this module
    name = st.segmented_control(
        "Period",
        _PERIODS,
        default=Period.WEEK.value,
        required=True,
        key="period",
        bind="query-params",
    )
    period = Period(name or Period.WEEK.value)
    chosen: tuple[date, date] | None = None
    if period is Period.CUSTOM:
        today = now.date()
        days = st.date_input(
            "Days",
            (today - timedelta(days=6), today),
            min_value=today - timedelta(days=3650),
            max_value=today,
            format="YYYY-MM-DD",
            key="days",
            bind="query-params",
            width=230,
        )
        # between the first click and the second there is one day only
        chosen = (days[0], days[-1]) if days else None
    window, before = windows(period, now, chosen)
    if not is_compared:
        return window, None
    adopt("compare", _COMPARE)
    compare = st.selectbox(
        "Compare with",
        list(_COMPARE),
        format_func=_COMPARE.__getitem__,
        key="compare",
        bind="query-params",
        width=140,
    )
    return window, None if compare == "none" else before


def _game(mart: Mart) -> str:
    games = [ALL_GAMES, *frame(mart, "core/games")["game"]]
    adopt("game", games)
    game = st.selectbox(
        "Game",
        games,
        format_func=lambda name: "All games" if name == ALL_GAMES else words.game(name),
        key="game",
        bind="query-params",
        width=124,
    )
    return "" if game in (None, ALL_GAMES) else str(game)


def _bots() -> str:
    adopt("bots", _BOTS)
    return (
        st.selectbox(
            "Bots", list(_BOTS), format_func=_BOTS.__getitem__, key="bots", bind="query-params", width=112
        )
        or "all"
    )


def arrive() -> None:
    """Have a link of ours decide the controls.

    Where two pages have the same control, Streamlit keeps what it holds and takes its name out of the link's
    address; so a link within the dashboard carries all of them under one name of its own.
    """
    packed = st.query_params.get(VIA, "")
    is_followed = st.session_state.get(_FOLLOWED, "") == packed
    st.session_state[_FOLLOWED] = packed
    # once drawn, the controls themselves are in the address, and say more than the link did
    if not packed or is_followed or any(key in st.query_params for key in BOUND):
        return
    try:
        told = parse_qs(packed[:VIA_CHARS_MAX], max_num_fields=12)
    except ValueError:
        return
    games = {key: told[key][0] for key in ("game", "bots", "compare", "status") if key in told}
    for key in BOUND:
        st.session_state.pop(key, None)
    st.session_state[_ARRIVED] = games
    days = [day for text in told.get("days", [])[:2] if (day := _day(text)) is not None]
    if len(days) == 2:
        st.session_state["days"] = (days[0], days[1])
    for key, options in (("period", _PERIODS), ("zone", zones())):
        if told.get(key, [""])[0] in options:
            st.session_state[key] = told[key][0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def adopt(key: str, options: Collection[str]) -> None:
    """Let the address name an option as it is called inside: Streamlit itself knows only its label.

    Links of ours and of reports say `bots=with`; once drawn, the address says `bots=With+bots`.
    """
    named = st.session_state.get(_ARRIVED, {}).pop(key, None) or st.query_params.get(key)
    if named in options and key not in st.session_state:
        st.session_state[key] = named


def choose_zone() -> str:
    return (
        st.selectbox(
            "Time zone",
            zones(),
            key="zone",
            bind="query-params",
            width=130,
            help="For hours of the day and for times; a day stays a UTC day.",
        )
        or "UTC"
    )


@cache
def zones() -> tuple[str, ...]:
    """UTC and every city that has a zone of its own."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))

"""What the server has in memory now, from its admin REST; no more of it than a page shows.

Kept for two seconds, so that many viewers cost one call.
"""

from collections.abc import Iterable

import streamlit as st

from kibitz_dashboard.server.answers import Faults, Live, States
from kibitz_dashboard.server.api import ServerApi, ServerError

NAMED_MOST = 200
"""So many rooms can be asked for by name at once."""
FAULTS_SHOWN = 20


def live_counts(server_url: str, token: str) -> Live | str:
    """The server's state without a room, or a sentence that says why there is none."""
    return live_page(server_url, token, limit=0)


def live_named(server_url: str, token: str, room_ids: Iterable[str]) -> Live | str:
    """Those of these rooms that are open, of the first `NAMED_MOST`."""
    names = ",".join(list(room_ids)[:NAMED_MOST])
    return live_page(server_url, token, rooms=names, limit=NAMED_MOST if names else 0)


def live_page(
    server_url: str,
    token: str,
    *,
    status: str = "",
    game: str = "",
    rooms: str = "",
    after: int | None = None,
    limit: int,
) -> Live | str:
    try:
        return _live(server_url, token, status, game, rooms, after, limit)
    except ServerError as error:
        return str(error) or "The server did not say what is live."


def faults(server_url: str, token: str) -> Faults | str:
    """The newest rooms out of play, or a sentence that says why they are not known."""
    try:
        return _faults(server_url, token)
    except ServerError as error:
        return str(error)


def look_anew() -> None:
    """Forget what is remembered: something was just done."""
    _live.clear()
    _faults.clear()


@st.cache_data(ttl=300, max_entries=100, show_spinner=False)
def states_of(server_url: str, game: str | None) -> States:
    """The table of a game's phases; without a game, of a room's life. Raises `ServerError`."""
    api = ServerApi(server_url)
    return api.lifecycle() if game is None else api.phases(game)


@st.cache_data(ttl=2, max_entries=100, show_spinner=False)
def _live(
    server_url: str, token: str, status: str, game: str, rooms: str, after: int | None, limit: int
) -> Live:
    return ServerApi(server_url).live(token, status=status, game=game, rooms=rooms, after=after, limit=limit)


@st.cache_data(ttl=2, max_entries=20, show_spinner=False)
def _faults(server_url: str, token: str) -> Faults:
    return ServerApi(server_url).faults(token, FAULTS_SHOWN)

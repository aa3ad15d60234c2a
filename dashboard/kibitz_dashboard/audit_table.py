"""Who did what, and when: the server's audit log as people read it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.server.answers import AuditLine
from kibitz_dashboard.server.api import ServerApi, ServerError

LINES_SHOWN = 100
OF_A_ROOM = 20

ACTIONS = {
    "room_pause": "Pause a room",
    "room_resume": "Have a room go on",
    "room_rewind": "Rewind a match",
    "room_kick": "Kick a seat",
    "room_close": "Close a room",
    "room_release": "Release a room",
    "login": "Logged in",
    "login_refused": "Was refused at the login",
    "logout": "Logged out",
    "link_created": "Made a one-time link",
    "link_redeemed": "Came by a one-time link",
    "admin_created": "Was given an account",
    "admin_removed": "Lost the account",
}
_REFUSED = "_refused"
CHOICES = [
    "",
    *ACTIONS,
    *(f"{action}{_REFUSED}" for action in ACTIONS if action.startswith("room_")),
]


def show_lines(lines: Sequence[AuditLine], *, key: str) -> None:
    st.dataframe(
        audit_frame(lines),
        hide_index=True,
        height=min(632, 37 + 35 * len(lines)),
        row_height=35,
        key=key,
    )


def show_room_audit(visit: Visit, room_id: str) -> None:
    """What admins did to one room."""
    with st.container(border=True, key="card-audit"):
        st.subheader("What admins did here", anchor=False)
        try:
            found = ServerApi(visit.settings.server_url).audit(visit.token, subject=room_id, limit=OF_A_ROOM)
        except ServerError as error:
            st.markdown(f":material/cloud_off: The log is the server's to tell: {error}")
            return
        if not found.entries:
            st.caption("Nothing.")
            return
        show_lines(found.entries, key="room-audit")


def audit_frame(lines: Sequence[AuditLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": [words.moment(line.at_ms) for line in lines],
            "Who": [line.actor for line in lines],
            "What": [said(line.action) for line in lines],
            "To": [line.subject or words.NOTHING for line in lines],
            "Detail": [line.detail or words.NOTHING for line in lines],
            "From": [line.address or words.NOTHING for line in lines],
        }
    )


def said(action: str) -> str:
    """room_pause_refused → Pause a room: refused."""
    if action in ACTIONS:
        return ACTIONS[action]
    done = action.removesuffix(_REFUSED)
    if done != action and done in ACTIONS:
        return f"{ACTIONS[done]}: refused"
    return action.replace("_", " ")

"""Who may see what. The role comes from the session, never from the browser's own words."""

from enum import StrEnum

import streamlit as st

from kibitz_dashboard.core.session import COOKIE, session_check
from kibitz_dashboard.server.api import ServerError
from kibitz_dashboard.settings import settings


class Role(StrEnum):
    ANALYST = "analyst"
    """Sees what was counted and what is live, rooms and reports; changes nothing."""
    ADMIN = "admin"
    """Besides: commands to rooms, SQL, the audit."""

    def covers(self, needed: "Role") -> bool:
        return needed is Role.ANALYST or self is Role.ADMIN


def role(name: str) -> Role | None:
    """None for a role that this dashboard does not know: then nothing is shown."""
    try:
        return Role(name)
    except ValueError:
        return None


def current_role() -> Role | None:
    """Whose pages the navigation offers. Only that: a page decides for itself."""
    try:
        admin = session_check(settings().server_url).admin(st.context.cookies.get(COOKIE))
    except ServerError:
        return None
    return None if admin is None else role(admin.role)

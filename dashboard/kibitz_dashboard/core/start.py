"""How every page starts: who is looking and what they may see, which mart, how fresh.

The order is the point: nothing is read before session and role are checked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.frames import mart_holder
from kibitz_dashboard.core.mart import Mart, MartError, MartFromFuture, Pointer
from kibitz_dashboard.core.roles import Role, role
from kibitz_dashboard.core.session import COOKIE, session_check
from kibitz_dashboard.core.states import again, state
from kibitz_dashboard.server.answers import Admin
from kibitz_dashboard.server.api import ServerUnreachable
from kibitz_dashboard.settings import Settings, settings


@dataclass(frozen=True)
class Visit:
    """One run of one page by one who may see it."""

    settings: Settings
    admin: Admin
    token: str
    now: datetime
    """Naive UTC."""

    def may(self, needed: Role) -> bool:
        """Whether what is for that role is shown. The server asks again before it does anything."""
        held = role(self.admin.role)
        return held is not None and held.covers(needed)


@dataclass(frozen=True)
class Reading(Visit):
    """A visit to a page that reads the mart."""

    pointer: Pointer
    mart: Mart


def utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def signed_in(chosen: Settings) -> tuple[Admin, str]:
    """Who looks, and the token; for anybody else the page ends here."""
    token = st.context.cookies.get(COOKIE)
    try:
        admin = session_check(chosen.server_url).admin(token)
    except ServerUnreachable as gone:
        state(
            "The server is away",
            f"{gone} Nothing is shown until it says who you are.",
            icon=":material/cloud_off:",
        )
        again()
        st.stop()
    if admin is None or token is None:
        state("Please log in", "Your session has ended, or there was none.", icon=":material/lock:")
        st.html('<a href="/login" target="_self">Log in</a>')
        st.stop()
    return admin, token


def enter(title: str, needed: Role = Role.ADMIN) -> Visit:
    """Check session and role; for pages that need no mart. Ends the page for anybody who may not see it."""
    chosen = settings()
    admin, token = signed_in(chosen)
    held = role(admin.role)
    if held is None or not held.covers(needed):
        state(
            "Not for your role",
            f"This page is for the role {needed.value}; yours is {words.plain(admin.role)}.",
            icon=":material/lock:",
        )
        st.stop()
    st.title(title, anchor=False)
    return Visit(chosen, admin, token, utc_now())


def start(title: str, needed: Role = Role.ANALYST) -> Reading:
    """As `enter`, then find the mart and say how fresh it is; ends the page where it cannot go on."""
    visit = enter(title, needed)
    try:
        pointer, mart = mart_holder(str(visit.settings.warehouse_dir)).current()
    except MartFromFuture as newer:
        state("The dashboard is too old", str(newer), icon=":material/update:")
        st.stop()
    except MartError as nothing:
        state(
            "No data yet",
            f"{nothing} As soon as there is some, it appears here by itself.",
            icon=":material/hourglass:",
        )
        st.stop()
    freshness(pointer, mart, visit.now)
    return Reading(visit.settings, visit.admin, visit.token, visit.now, pointer, mart)


def with_mart(visit: Visit) -> Mart | None:
    """For pages that go on without one: the mart, after a word on how fresh it is."""
    try:
        pointer, mart = mart_holder(str(visit.settings.warehouse_dir)).current()
    except MartError:
        return None
    freshness(pointer, mart, visit.now)
    return mart


def freshness(pointer: Pointer, mart: Mart, now: datetime) -> None:
    """One quiet line when all is well, a loud one when what is shown may be old or nobody played it."""
    meta = mart.meta
    if meta.is_demo:
        st.info(
            "**Demo data.** `kibitz demo` made what follows; nobody played it.", icon=":material/science:"
        )
    if pointer.is_stale(now):
        st.warning(
            f"The ETL last looked {words.ago(pointer.checked_at, now)}: what follows may be old. "
            "It starts again with `kibitz up` or `kibitz etl`.",
            icon=":material/history:",
        )
    elif pointer.state == "failed":
        st.error(f"The ETL cannot load what is new: {pointer.message}", icon=":material/error:")
    elif pointer.state == "waiting":
        st.warning(pointer.message, icon=":material/hourglass:")
    st.caption(
        f"Counted up to event {meta.watermark_seq:,} ({words.clock(meta.watermark_at)}) · "
        f"checked {words.ago(pointer.checked_at, now)} · mart {meta.mart_version}"
    )

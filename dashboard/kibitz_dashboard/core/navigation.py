"""The pages, by section and by who may see them."""

from dataclasses import dataclass

import streamlit as st
from streamlit import Page as StreamlitPage

from kibitz_dashboard.core.roles import Role


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    """Of the file in `pages/`, and of the address."""
    title: str
    icon: str
    section: str
    needed: Role = Role.ANALYST
    is_hidden: bool = False


ENTRIES = (
    Entry("overview", "Overview", "monitoring", "Now"),
    Entry("trends", "Trends", "trending_up", "Now"),
    Entry("live", "Live", "sensors", "Now"),
    Entry("rooms", "Rooms", "meeting_room", "Play"),
    Entry("room", "Room", "meeting_room", "Play", is_hidden=True),
    Entry("gameplay", "Gameplay", "casino", "Play"),
    Entry("players", "Players", "group", "People"),
    Entry("player", "Player", "person", "People", is_hidden=True),
    Entry("retention", "Retention", "event_repeat", "People"),
    Entry("features", "Features", "interests", "People"),
    Entry("performance", "Performance", "speed", "Operations"),
    Entry("reports", "Reports", "summarize", "Operations"),
    Entry("sql", "SQL", "database", "Operations", Role.ADMIN),
    Entry("health", "Health", "health_and_safety", "Operations"),
    Entry("audit", "Audit", "policy", "Operations", Role.ADMIN),
)


def pages(held: Role | None) -> dict[str, list[StreamlitPage]]:
    """What this role is offered. Each page checks the role again: an address can be typed."""
    found: dict[str, list[StreamlitPage]] = {}
    for entry in ENTRIES:
        is_offered = held is not None and held.covers(entry.needed) and not entry.is_hidden
        found.setdefault(entry.section, []).append(
            st.Page(
                f"pages/{entry.name}.py",
                title=entry.title,
                icon=f":material/{entry.icon}:",
                default=entry.name == "overview",
                url_path=None if entry.name == "overview" else entry.name,
                visibility="visible" if is_offered else "hidden",
            )
        )
    return found

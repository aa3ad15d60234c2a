"""What led a room from one state to the next: as a time line, as a table, and as the tables that run."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.chrome import colours
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.room import timeline
from kibitz_dashboard.room.journal import RoomEvent, taken_back
from kibitz_dashboard.room.state_graph import dot
from kibitz_dashboard.room.view import KINDS
from kibitz_dashboard.server.answers import Step
from kibitz_dashboard.server.api import ServerApi, ServerError
from kibitz_dashboard.server.live import states_of

STEPS_SHOWN = 500


def show_history(visit: Visit, room_id: str, events: Sequence[RoomEvent], status: str | None) -> None:
    """`status` is the room's as the server holds it, where it does: a faulted one is not in the history."""
    with st.container(border=True, key="card-history"):
        st.subheader("What led where", anchor=False)
        upto = _page(events[-1].version)
        try:
            found = ServerApi(visit.settings.server_url).history(
                room_id, max(0, upto - STEPS_SHOWN), STEPS_SHOWN
            )
        except ServerError as error:
            st.markdown(f":material/cloud_off: The history is the server's to tell: {error}")
            return
        steps = found.transitions
        if not steps:
            st.caption("Nothing happened here yet.")
            return
        taken = taken_back(events)
        by_version = st.segmented_control(
            "Along", ["version", "time"], default="version", required=True, key="history-along"
        )
        st.plotly_chart(
            timeline.figure(
                timeline.stretches(steps, taken),
                [step for step in steps if step.trigger in ("rewound", "reopened")],
                colours(),
                by_version=by_version != "time",
            ),
            theme="streamlit",
            config={"displayModeBar": False},
            key="timeline",
            alt="The room's states and the phases of its game, one after the other",
        )
        if taken:
            st.caption("Pale stretches were taken back by a rewind; dotted lines begin a new epoch.")
        by_event = {event.version: event for event in events}
        st.dataframe(
            history_table(visit, room_id, steps, taken, by_event),
            hide_index=True,
            height=min(320, 37 + 35 * len(steps)),
            row_height=35,
            key="history",
            column_config={"Replay": st.column_config.LinkColumn(display_text="see it")},
        )
        last = steps[-1]
        _diagrams(visit, events[0].game, status or last.status_to, last.to)


def _page(newest: int) -> int:
    """Up to which version to show: the newest ones, unless somebody pages back."""
    if newest <= STEPS_SHOWN:
        return newest
    pages = list(range(newest, 0, -STEPS_SHOWN))
    return st.selectbox(
        "Versions",
        pages,
        format_func=lambda upto: f"{max(1, upto - STEPS_SHOWN + 1):,} to {upto:,}",
        key="history-page",
    )


def history_table(
    visit: Visit,
    room_id: str,
    steps: Sequence[Step],
    taken: frozenset[int],
    events: Mapping[int, RoomEvent],
) -> pd.DataFrame:
    """Newest first. Links lead to the players' replay, where what was taken back is left out."""
    rows = list(reversed(steps))
    epochs = {
        epoch: number for number, epoch in enumerate(dict.fromkeys(e.epoch for e in events.values()), 1)
    }
    return pd.DataFrame(
        {
            "Version": [step.version for step in rows],
            "At (UTC)": [f"{timeline.at(step):%Y-%m-%d %H:%M:%S.%f}"[:-3] for step in rows],
            "Trigger": [KINDS.get(step.trigger, step.trigger) for step in rows],
            "Seat": [words.seat(step.seat) for step in rows],
            "Room": [_led(step.status_from, step.status_to) for step in rows],
            "Game": [_led(step.from_, step.to) for step in rows],
            "Match": [words.NOTHING if step.match is None else str(step.match) for step in rows],
            "Epoch": [
                str(epochs[events[step.version].epoch]) if step.version in events else words.NOTHING
                for step in rows
            ],
            "Counts": ["taken back" if step.version in taken else "yes" for step in rows],
            "Replay": [
                ""
                if step.version in taken or step.match is None or step.to is None
                else visit.settings.replay_url(room_id, step.match, step.version)
                for step in rows
            ],
        }
    )


def _led(before: str | None, after: str | None) -> str:
    if before == after:
        return after or words.NOTHING
    return f"{before or words.NOTHING} → {after or words.NOTHING}"


def _diagrams(visit: Visit, game: str, status: str, phase: str | None) -> None:
    with st.expander("The tables that run, and where this room is in them", icon=":material/schema:"):
        for label, name, now in (
            ("The life of a room", None, status),
            (f"The phases of {words.game(game)}", game, phase),
        ):
            st.markdown(f"**{words.plain(label)}**")
            if name is None and status == "faulted":
                st.caption("The room is faulted, which is no state of this table: it goes on where it stood.")
            try:
                table = states_of(visit.settings.server_url, name)
            except ServerError as error:
                st.caption(f"It cannot be drawn: {error}")
                continue
            st.graphviz_chart(dot(table, colours(), now=now, label=label), width="stretch", alt=label)

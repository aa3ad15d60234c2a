"""What is out of play, why, and what to do about it: on the Live page and on a room's own."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.room.commands import advice, reason
from kibitz_dashboard.server.answers import FaultedRoom, Faults, RefusedAct


def show_faults(found: Faults | str, faulted: int) -> None:
    """Rooms first, then acts. `faulted` is how many rooms there are, of which the newest are shown."""
    if isinstance(found, str):
        st.warning(f"What is out of play is not known: {found}", icon=":material/cloud_off:")
        return
    for room in found.rooms:
        with st.container(border=True, key=f"card-fault-{room.room_id}"):
            show_fault(room)
            if st.button(
                "Open the room", key=f"open-{room.room_id}", icon=":material/meeting_room:", type="primary"
            ):
                st.switch_page("pages/room.py", query_params={"room": room.room_id})
    if faulted > len(found.rooms) > 0:
        st.caption(f"The newest {len(found.rooms):,} of {faulted:,} faulted rooms; the table below has all.")
    if found.acts:
        with st.container(border=True, key="card-acts"):
            show_acts(found.acts)


def show_fault(fault: FaultedRoom) -> None:
    """Reason, action, when, recovery points, what to do."""
    st.markdown(
        f":red[:material/error:] **{words.plain(words.game(fault.game))} · `{fault.room_id}` is out of play: "
        f"{words.plain(reason(fault.why))}**  \n{_when(fault)}"
    )
    if fault.error:
        st.code(fault.error, language=None, wrap_lines=True)
    st.markdown(f"**What to do.** {advice(fault.why)}")
    if fault.recovery_points:
        st.dataframe(points_table(fault), hide_index=True, row_height=35, key=f"points-{fault.room_id}")
    else:
        st.caption("There is no recovery point of it yet: it would be folded from its first event.")


def show_acts(acts: Sequence[RefusedAct]) -> None:
    """Actions that crashed the server: refused by themselves, in rooms that play on."""
    st.markdown(
        ":orange[:material/front_hand:] **Actions that are refused, because they crashed the server.** "
        "Their rooms play on; to release the room tries them again."
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Room": [act.room_id for act in acts],
                "When": [words.moment(act.at_ms) for act in acts],
                "Action": [act.action or words.NOTHING for act in acts],
                "By": [words.player(act.player) for act in acts],
                "Why": [reason(act.why) for act in acts],
                "Error": [act.error or words.NOTHING for act in acts],
            }
        ),
        hide_index=True,
        row_height=35,
    )


def points_table(fault: FaultedRoom) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Recovery point": [f"version {point.version:,}" for point in fault.recovery_points],
            "Made": [words.moment(point.at_ms) for point in fault.recovery_points],
            "Checksum": ["✓ fits" if point.is_intact else "✗ damaged" for point in fault.recovery_points],
        }
    )


def _when(fault: FaultedRoom) -> str:
    said = [f"since {words.moment(fault.at_ms)}", f"at version {fault.version:,}"]
    if fault.doing:
        doing = f"during `{fault.doing}`"
        if fault.action:
            doing += f" of {words.plain(fault.action)}"
        if fault.player:
            doing += f" by {words.plain(words.player(fault.player))}"
        said.append(doing)
    return " · ".join(said)

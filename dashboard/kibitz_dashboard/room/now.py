"""What a room is at this moment, and what an admin can do to it: each command by a form of its own."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.roles import Role
from kibitz_dashboard.core.session import session_check
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.live.faults import show_acts, show_fault
from kibitz_dashboard.room.commands import Command, offered, refusal
from kibitz_dashboard.room.journal import RoomEvent, rewindable
from kibitz_dashboard.room.view import Names, what
from kibitz_dashboard.rooms.table import STATUS
from kibitz_dashboard.server.answers import LiveRoom, RoomDetail
from kibitz_dashboard.server.api import NotAllowed, Refused, ServerApi, ServerError
from kibitz_dashboard.server.live import faults, live_page, look_anew

CHOICES_MOST = 500
PREVIEWED = 8
LOOKS_EVERY_S = 5


def show_now(visit: Visit, room_id: str, events: Sequence[RoomEvent], names: Names) -> RoomDetail | None:
    """The room as the server holds it; None where it does not, or is away."""
    with st.container(border=True, key="card-now"):
        st.subheader("Now", anchor=False)
        _show_result(room_id)
        try:
            detail = ServerApi(visit.settings.server_url).room(visit.token, room_id)
        except Refused as gone:
            said = {"room_closed": "The room is closed: it can be replayed, and nothing can be done to it."}
            st.markdown(f":material/door_front: {said.get(gone.code) or refusal(gone.code, gone.detail)}")
            return None
        except NotAllowed:
            session_check(visit.settings.server_url).forget(visit.token)
            st.rerun()
        except ServerError as away:
            st.markdown(f":material/cloud_off: {away} What can be done to the room is not known.")
            return None
        _follow(visit, detail.room)
        _show_state(detail)
        found = faults(visit.settings.server_url, visit.token)
        acts = [] if isinstance(found, str) else [act for act in found.acts if act.room_id == room_id]
        if detail.out_of_play is not None:
            show_fault(detail.out_of_play)
        elif detail.fault is not None:
            st.markdown(
                f":orange[:material/warning:] Its game failed at {words.plain(detail.fault.what)}, "
                f"{words.moment(detail.fault.at_ms)}; the room plays on."
            )
            st.code(detail.fault.error, language=None, wrap_lines=True)
        if acts:
            show_acts(acts)
        if visit.may(Role.ADMIN):
            _show_commands(visit, detail, offered(detail, has_refused_acts=bool(acts)), events, names)
        return detail


def _show_state(detail: RoomDetail) -> None:
    room = detail.room
    st.markdown(
        f"**{STATUS.get(room.status, room.status)}** · version {room.version:,} · match {room.match or 0} · "
        f"epoch `{detail.epoch}` · rules {detail.rules_version} · code `{room.code}` · "
        f"{'private' if room.is_private else 'public'} · {room.spectators:,} watching · "
        f"host {words.plain(detail.host_name or words.player(detail.host))}"
    )
    st.dataframe(seat_table(room), hide_index=True, row_height=35, key="seats")


def seat_table(room: LiveRoom) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Seat": [words.seat(seat.seat) for seat in room.seats],
            "Player": [seat.name or words.player(seat.player) for seat in room.seats],
            "Is": [_kind(seat.player, is_bot=seat.is_bot) for seat in room.seats],
            "Connection": [seat.status if seat.player else words.NOTHING for seat in room.seats],
            "By": [seat.transport or words.NOTHING for seat in room.seats],
            "Latency": [words.duration(seat.latency_ms) for seat in room.seats],
        }
    )


def _kind(player: str | None, *, is_bot: bool) -> str:
    return "free" if not player else "bot" if is_bot else "person"


# ---------------------------------------------------------------- commands


def _show_commands(
    visit: Visit, detail: RoomDetail, commands: Sequence[Command], events: Sequence[RoomEvent], names: Names
) -> None:
    room_id = detail.room.room_id
    with st.container(horizontal=True):
        for command in commands:
            st.button(
                command.label,
                icon=command.icon,
                key=f"ask-{command.name}",
                on_click=_ask,
                args=(room_id, command.name),
            )
    asked = st.session_state.get("asked")
    confirmed = [each for each in commands if asked == (room_id, each.name)]
    if not confirmed:
        return
    command = confirmed[0]
    with st.container(border=True, key="card-confirm"):
        st.markdown(f"**{command.label}?** {command.about}")
        body: dict[str, object] | None = {}
        if command.name == "rewind":
            body = _choose_version(visit, room_id, events)
        with st.form(f"do-{command.name}", border=False):
            if command.name == "pause":
                body = {"reason": st.text_input("Reason", max_chars=200, key="pause-reason")}
            if command.name == "kick":
                body = _choose_seat(detail.room)
            with st.container(horizontal=True):
                is_sure = st.form_submit_button(command.confirm, type="primary", disabled=body is None)
                is_left = st.form_submit_button("Leave it as it is")
        if is_sure and body is not None:
            _carry_out(visit, room_id, command, body)
        if is_sure or is_left:
            st.session_state.pop("asked", None)
            st.rerun()


def _ask(room_id: str, name: str) -> None:
    st.session_state["asked"] = (room_id, name)
    st.session_state.pop("said", None)


def _choose_seat(room: LiveRoom) -> dict[str, object]:
    taken = {seat.seat: seat.name or words.player(seat.player) for seat in room.seats if seat.player}
    chosen = st.selectbox(
        "Seat", list(taken), format_func=lambda seat: f"{words.seat(seat)} · {taken[seat]}", key="kick-seat"
    )
    return {"seat": chosen}


def _choose_version(visit: Visit, room_id: str, events: Sequence[RoomEvent]) -> dict[str, object] | None:
    """Which version, with what had happened until then and what would be taken back."""
    choices = {event.version: event for event in rewindable(events)[-CHOICES_MOST:][::-1]}
    if not choices:
        st.caption("There is no version at which a match was on, among those that are shown here.")
        return None
    chosen = st.selectbox(
        "Back to how it stood after version",
        list(choices),
        index=min(1, len(choices) - 1),  # how it stands now is seldom what is wanted
        format_func=lambda version: (
            f"{version} · {what(choices[version])} · {choices[version].at:%H:%M:%S} UTC"
        ),
        key="rewind-version",
    )
    event = choices[chosen]
    before = [each for each in choices.values() if each.version <= chosen][:PREVIEWED][::-1]
    lost = [each for each in events if each.version > chosen and each.version in choices]
    st.markdown(
        f"As it stood at {event.at:%H:%M:%S} UTC, after the last of these; **{len(lost):,} "
        f"{'event' if len(lost) == 1 else 'events'}** after it would no longer count."
    )
    left, right = st.columns(2)
    with left:
        st.caption("It would stand after")
        st.dataframe(_preview(before), hide_index=True, row_height=35, key="rewind-kept")
    with right:
        st.caption("It would take back")
        st.dataframe(_preview(lost[:PREVIEWED]), hide_index=True, row_height=35, key="rewind-lost")
    st.link_button(
        "See it on the board",
        visit.settings.replay_url(room_id, event.match, chosen),
        icon=":material/grid_on:",
    )
    return {"to_version": chosen}


def _preview(events: Sequence[RoomEvent]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Version": [event.version for event in events],
            "What": [what(event) for event in events],
            "Seat": [words.seat(event.seat) for event in events],
        }
    )


def _carry_out(visit: Visit, room_id: str, command: Command, body: Mapping[str, object]) -> None:
    """Whether this admin may is asked of the server by the call itself."""
    try:
        done = ServerApi(visit.settings.server_url).command(visit.token, room_id, command.name, body)
    except NotAllowed as refused:
        session_check(visit.settings.server_url).forget(visit.token)
        said = (False, f"Not done. {words.plain(refused.detail)}")
    except Refused as refused:
        said = (False, f"Not done. {refusal(refused.code, refused.detail)}")
    except ServerError as away:
        said = (False, f"{away} Whether it was done is not known: look at the room once the server is back.")
    else:
        said = (True, f"{command.done}: version {done.version:,}.")
    st.session_state["said"] = (room_id, *said)
    look_anew()


def _show_result(room_id: str) -> None:
    said = st.session_state.get("said")
    if said is None or said[0] != room_id:
        return
    _, is_done, text = said
    if is_done:
        st.success(text, icon=":material/check_circle:")
    else:
        st.error(text, icon=":material/block:")


def _follow(visit: Visit, shown: LiveRoom) -> None:
    """Runs the page again once the room is in another state than it shows."""
    st.session_state["looks_again"] = False  # what was just shown is newer than what is remembered

    @st.fragment(run_every=LOOKS_EVERY_S)
    def look() -> None:
        if not st.session_state.get("looks_again"):
            st.session_state["looks_again"] = True
            return
        live = live_page(visit.settings.server_url, visit.token, rooms=shown.room_id, limit=1)
        if isinstance(live, str):
            return
        if not live.rooms or _gist(live.rooms[0]) != _gist(shown):
            st.rerun()

    look()


def _gist(room: LiveRoom) -> tuple[object, ...]:
    return room.status, room.match, tuple(seat.player for seat in room.seats)

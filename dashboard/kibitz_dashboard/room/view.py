"""What the Room page draws: facts, one match move by move, the list of events."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.core.chrome import colours
from kibitz_dashboard.core.start import Visit
from kibitz_dashboard.figures import matches
from kibitz_dashboard.room.journal import Move, RoomEvent, moves, taken_back
from kibitz_dashboard.server.live import live_named

DEFINITIONS = {
    "Move": "the action with its arguments as the protocol has them, counted from 0; the replay counts "
    "from 1.",
    "Moves": "accepted actions of the match, `resign` left out, read from the journal itself.",
    "Thought": "the time charged to the seat's clock; where no clock ran, the time since the event before.",
    "Server": "the time the server took to validate and apply the action.",
}

KINDS = {
    "created": "Room made",
    "joined": "Took a seat",
    "left": "Gave the seat up",
    "started": "Match started",
    "action": "Action",
    "timeout": "Time ran out",
    "forfeit": "Left the game",
    "rematch": "Wants a rematch",
    "ticks": "Ticks",
    "paused": "Paused",
    "resumed": "Went on",
    "rewound": "Rewound",
    "reopened": "Reopened",
    "closed": "Room closed",
}

Names = Mapping[str, str]
"""Player ids to names, for who sits in the room now."""


def names_of(visit: Visit, room_id: str) -> Names:
    live = live_named(visit.settings.server_url, visit.token, [room_id])
    if isinstance(live, str):
        return {}
    return {
        seat.player: seat.name
        for room in live.rooms
        if room.room_id == room_id
        for seat in room.seats
        if seat.player and seat.name
    }


def show_facts(visit: Visit, room_id: str, events: Sequence[RoomEvent], names: Names) -> None:
    first, last = events[0], events[-1]
    is_open = last.kind != "closed"
    n_matches = sum(event.kind == "started" for event in events)
    taken = taken_back(events)
    n_moves = sum(event.is_move and event.version not in taken for event in events)
    seated = list(dict.fromkeys(who(e.player_id, names) for e in events if e.kind == "joined"))
    with st.container(border=True, key="card-facts"):
        st.markdown(
            f"### {words.game(first.game)} · `{room_id}`\n\n"
            f"{'Open' if is_open else 'Closed'} · made {words.clock(first.at)} · "
            f"last event {words.clock(last.at)} · {n_matches:,} {'match' if n_matches == 1 else 'matches'} · "
            f"{n_moves:,} moves · {words.plain(', '.join(seated)) or 'nobody'}"
        )
        st.link_button(
            "Open the replay",
            visit.settings.replay_url(room_id),
            icon=":material/play_circle:",
            type="primary",
        )


def show_match(
    visit: Visit, room_id: str, match: Sequence[RoomEvent], names: Names, version: int | None = None
) -> None:
    """`version`: of the event to begin at; its match's last move unless told."""
    played = moves(match)
    end = match[-1]
    ended = end.outcome is not None or end.kind == "closed"
    lasted = end.at - match[0].at
    took = f"{words.duration(lasted.total_seconds() * 1000)}{'' if ended else ' so far'}"
    with st.container(border=True, key="card-match"):
        st.subheader(f"Match {match[0].match}: {words.plain(_result(match, names))}", anchor=False)
        st.caption(f"{took} · n = {len(played):,} moves · started {words.clock(match[0].at)}")
        if not played:
            st.caption(_no_moves(match))
            return
        _step(visit, room_id, match, played, names, version)
        st.plotly_chart(
            matches.think_times(
                [move.ply for move in played],
                [move.think_ms for move in played],
                [move.event.seat for move in played],
                colours(),
            ),
            theme="streamlit",
            config={"displayModeBar": False},
            key="think",
            alt="How long each move took",
        )
        st.dataframe(
            move_table(played, names),
            hide_index=True,
            height=min(460, 37 + 35 * len(played)),
            row_height=35,
            key="moves",
        )


def _step(
    visit: Visit,
    room_id: str,
    match: Sequence[RoomEvent],
    played: Sequence[Move],
    names: Names,
    version: int | None,
) -> None:
    """Steps through the moves; the link opens the players' replay at this very move."""
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        ply = 1
        if len(played) > 1:
            begin = ply_at(played, version)
            ply = st.slider("Move", 1, len(played), begin, key=f"ply-{room_id}-{match[0].match}-{version}")
    move = played[ply - 1]
    with right:
        st.markdown(
            f"**{move.ply}. {words.plain(words.action(move.event.type, move.event.args))}**  \n"
            f"{words.seat(move.event.seat)} · {words.plain(who(move.event.player_id, names))} · "
            f"thought {words.duration(move.think_ms)}"
        )
        st.link_button(
            "See it on the board",
            visit.settings.replay_url(room_id, match[0].match, move.event.version),
            icon=":material/grid_on:",
        )


def ply_at(played: Sequence[Move], version: int | None) -> int:
    """The move that stood when this version was the newest; the last one where none is asked for."""
    if version is None:
        return len(played)
    return max(1, sum(move.event.version <= version for move in played))


def move_table(played: Sequence[Move], names: Names) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "#": [move.ply for move in played],
            "Seat": [words.seat(move.event.seat) for move in played],
            "Player": [who(move.event.player_id, names) for move in played],
            "Move": [words.action(move.event.type, move.event.args) for move in played],
            "Thought": [words.duration(move.think_ms) for move in played],
            "Server": [words.micros(move.event.handled_us) for move in played],
            "At (UTC)": [f"{move.event.at:%H:%M:%S.%f}"[:-3] for move in played],
        }
    )


def event_table(events: Sequence[RoomEvent], names: Names) -> pd.DataFrame:
    taken = taken_back(events)
    epochs = {epoch: number for number, epoch in enumerate(dict.fromkeys(event.epoch for event in events), 1)}
    return pd.DataFrame(
        {
            "Version": [event.version for event in events],
            "At (UTC)": [f"{event.at:%Y-%m-%d %H:%M:%S.%f}"[:-3] for event in events],
            "What": [what(event) for event in events],
            "Counts": ["taken back" if event.version in taken else "yes" for event in events],
            "Epoch": [epochs[event.epoch] for event in events],
            "Seat": [words.seat(event.seat) for event in events],
            "Player": [who(event.player_id, names) for event in events],
            "Match": [words.NOTHING if event.match is None else str(event.match) for event in events],
            "Outcome": [
                words.NOTHING if event.outcome is None else words.outcome(_reason(event.outcome))
                for event in events
            ],
        }
    )


def what(event: RoomEvent) -> str:
    """An event in a few words, with what belongs to its kind."""
    if event.kind == "action":
        return words.action(event.type, event.args)
    said = KINDS.get(event.kind, event.kind)
    args = event.args
    if event.kind == "ticks":
        first, count, inputs = args.get("first"), args.get("count"), args.get("inputs")
        if isinstance(first, int) and isinstance(count, int) and isinstance(inputs, list):
            return f"{said} {first:,} to {first + count - 1:,} · {len(inputs)} inputs"
    if event.kind == "rewound":
        return f"{said} to version {args.get('to_version')}"
    reason = args.get("reason")
    return f"{said} ({reason})" if reason else said


def _no_moves(match: Sequence[RoomEvent]) -> str:
    ticks = [event.args for event in match if event.kind == "ticks"]
    if not ticks:
        return "No move was made."
    done = sum(count for each in ticks if isinstance(count := each.get("count"), int))
    inputs = sum(len(found) for each in ticks if isinstance(found := each.get("inputs"), list))
    return (
        f"Played in real time: {done:,} ticks in {len(ticks):,} rows of the journal, {inputs:,} inputs. "
        "The replay shows each tick."
    )


def _result(match: Sequence[RoomEvent], names: Names) -> str:
    end = match[-1]
    if end.outcome is None:
        return "abandoned" if end.kind == "closed" else "still playing"
    winner = end.outcome.get("winner")
    if not isinstance(winner, int):
        return f"nobody won · {words.outcome(_reason(end.outcome)).lower()}"
    players = match[0].args.get("players")
    won = players[winner] if isinstance(players, list) and 0 <= winner < len(players) else None
    by = f" ({who(won, names)})" if isinstance(won, str) else ""
    return f"{words.seat(winner)}{by} won · {words.outcome(_reason(end.outcome)).lower()}"


def _reason(outcome: Mapping[str, object]) -> str:
    reason = outcome.get("reason")
    if isinstance(reason, str):
        return reason
    return "drawn" if outcome.get("winner") is None else "won"


def who(player_id: str | None, names: Names) -> str:
    """By name where that is known."""
    return names.get(player_id or "") or words.player(player_id)

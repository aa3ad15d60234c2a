"""The table of rooms as people read it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from kibitz_dashboard import words
from kibitz_dashboard.server.answers import Live, LiveSeat

ROWS_MAX = 2000
CUT_NOTE = f"The {ROWS_MAX:,} that changed last; narrow the filters to see others."

DEFINITIONS = {
    "Status": "by the journal: waiting (no match yet), playing, finished (between matches: a rematch "
    "is possible), closed.",
    "In the period": "a room counts when it existed in the period and something happened in it since "
    "the period began.",
    "People and bots": "different ones who ever took a seat; names only while the room is open, for they are "
    "not in the journal.",
    "Played": "the durations of the room's ended matches together.",
    "Last outcome": "of the room's newest match.",
}

COLUMNS = {
    "Room": st.column_config.TextColumn(help="Click a row to open the room.", width=96),
    "Last event": st.column_config.DatetimeColumn(
        format="YYYY-MM-DD HH:mm", help="In the zone chosen above."
    ),
    "Matches": st.column_config.NumberColumn(format="localized"),
    "Moves": st.column_config.NumberColumn(format="localized", help="Accepted moves over all matches."),
    "Played": st.column_config.TextColumn(help="Durations of the ended matches together."),
}

STATUS = {
    "waiting": "○ Waiting",
    "playing": "● Playing",
    "finished": "◐ Between matches",
    "closed": "· Closed",
    "paused": "◫ Paused",
    "faulted": "✗ Faulted",
}


def as_shown(rows: pd.DataFrame, live: Live | str, zone: str = "UTC") -> pd.DataFrame:
    names = {} if isinstance(live, str) else {room.room_id: room for room in live.rooms}
    return pd.DataFrame(
        {
            "Room": rows["room_id"].str.slice(0, 8),
            "Status": rows["status"].map(lambda status: STATUS.get(status, status)),
            "Game": rows["game"].map(words.game),
            "Players": [
                players_of(names[room].seats) if room in names else _numbers(people, bots)
                for room, people, bots in zip(rows["room_id"], rows["n_people"], rows["n_bots"], strict=True)
            ],
            "Matches": rows["n_matches"],
            "Moves": rows["n_moves"],
            "Played": [words.duration(None if pd.isna(ms) else ms) for ms in rows["played_ms"]],
            "Last outcome": [
                _outcome(kind, seat)
                for kind, seat in zip(rows["last_outcome_kind"], rows["last_winner_seat"], strict=True)
            ],
            "Last event": words.local(rows["last_event_at"], zone),
        }
    )


def abandoned_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Which matches were left: in which game and phase, and by whom."""
    return pd.DataFrame(
        {
            "Game": rows["game"].map(words.game),
            "Phase": [phase or words.NOTHING for phase in rows["phase"]],
            "Left last": [words.NOTHING if pd.isna(seat) else words.seat(int(seat)) for seat in rows["seat"]],
            "Room closed": [reason.replace("_", " ") or words.NOTHING for reason in rows["reason"]],
            "Matches": rows["n_matches"],
        }
    )


def players_of(seats: Sequence[LiveSeat]) -> str:
    names = [seat.name or words.player(seat.player) for seat in seats if seat.player]
    return " – ".join(names) or words.NOTHING


def _numbers(people: int, bots: int) -> str:
    said = [f"{people} {'person' if people == 1 else 'people'}"] if people else []
    if bots:
        said.append(f"{bots} {'bot' if bots == 1 else 'bots'}")
    return ", ".join(said) or words.NOTHING


def _outcome(kind: object, seat: object) -> str:
    if not isinstance(kind, str):
        return words.NOTHING
    won = "" if pd.isna(seat) else f" · {words.seat(int(seat))}"  # type: ignore[call-overload]
    return words.outcome(kind) + won

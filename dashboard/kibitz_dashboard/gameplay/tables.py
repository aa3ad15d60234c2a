"""The tables of the Gameplay page as people read them."""

import pandas as pd

from kibitz_dashboard import words
from kibitz_dashboard.wilson import N_MIN, said, wilson

DEFINITIONS = {
    "Thinking": "what an action cost a person's clock, by the phase before the action; "
    "rooms with bots are in it, whatever the filter says.",
    "Time in phases": "how long a phase lasted once entered, mean over those that are over, by "
    "the hour of entering.",
    "Left last": "the seat that was left last before the room closed without an outcome.",
    "Seats": "matches won over matches decided, by people; only matches without bots unless the filter "
    "asks for those with. A seat is flagged where Wilson's 95 % interval leaves its fair share "
    "out; of twenty fair seats, one is flagged by chance.",
    "Refused": "what the server refused, by its code, and actions made on an older version, by "
    "what was decided; both over all games.",
}


def actions(rows: pd.DataFrame, thinking: pd.DataFrame) -> pd.DataFrame:
    """Each action in its phase: how often, how long people thought, and how long the server took."""
    keys = ["game", "phase", "action_type"]
    both = rows.merge(thinking.drop(columns="n"), on=keys, how="left")
    return pd.DataFrame(
        {
            "Game": both["game"].map(words.game),
            "Phase": [words.column(phase) if phase else words.NOTHING for phase in both["phase"]],
            "Action": [words.column(name) if name else words.NOTHING for name in both["action_type"]],
            "By people": both["n_people"].fillna(0),
            "By bots": both["n_bots"].fillna(0),
            "Thinking, median": _durations(both["p50_ms"]),
            "Thinking, p95": _durations(both["p95_ms"]),
            "Thinking, mean": _durations(both["spent_ms"]),
            "Handling, mean": [words.micros(None if pd.isna(us) else us) for us in both["handled_us"]],
        }
    )


def seats(rows: pd.DataFrame) -> pd.DataFrame:
    """With the share of decided matches that each seat won, its interval, and what that says: `share`, `low`,
    `high`, `fair`, `decided`, `verdict`."""
    found = rows.assign(decided=rows["n_matches"] - rows["n_drew"], fair=1.0 / rows["n_seats"])
    found = found[found["decided"] > 0]
    bounds = [wilson(won, n) for won, n in zip(found["n_won"], found["decided"], strict=True)]
    found = found.assign(
        share=found["n_won"] / found["decided"],
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
    )
    return found.assign(
        verdict=[
            _verdict(*each)
            for each in zip(found["low"], found["high"], found["fair"], found["decided"], strict=True)
        ]
    )


def seats_shown(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Game": rows["game"].map(words.game),
            "Of": rows["n_seats"],
            "Seat": [words.seat(int(seat)) for seat in rows["seat"]],
            "Decided": rows["decided"],
            "Won": rows["n_won"],
            "Share": rows["share"].map(words.percent),
            "95 % interval": [said(won, n) for won, n in zip(rows["n_won"], rows["decided"], strict=True)],
            "Fair": rows["fair"].map(words.percent),
            "": rows["verdict"],
        }
    )


def _verdict(low: float, high: float, fair: float, decided: int) -> str:
    if decided < N_MIN:
        return "too few"
    if low > fair:
        return "▲ wins too often"
    return "▼ wins too seldom" if high < fair else "fair, as far as we can tell"


def _durations(values: "pd.Series[float]") -> list[str]:
    return [words.duration(None if pd.isna(ms) else ms) for ms in values]

"""Players and their matches as people read them. Names are not here: only the accounts know them."""

import pandas as pd

from kibitz_dashboard import words
from kibitz_dashboard.settings import Settings

ROWS_MAX = 2000
CUT_NOTE = f"The {ROWS_MAX:,} with the most moves; narrow the filters to see others."
_RESULTS = {"won": "Won", "lost": "Lost", "drew": "Drew"}

DEFINITIONS = {
    "Active": "took a seat or acted; bots and watchers left out. A day is a UTC day.",
    "Last day": "the figures of 7 and 30 days are those of the period's last day that is over.",
    "Went quiet": "drawn below the line: people of the day before who did not come.",
    "Sessions": "connections of people, cut where nothing they did (taking a seat, an action, chat) came for "
    "30 minutes, without the idle time at the end: who only watches gives no sign. Bots have none. From the "
    "server's telemetry, over all games, by the hour in which they began.",
    "Wait": "from asking for a quick match to being matched, given a bot, or giving up.",
    "Funnel": "people of each day added up, all games, at the furthest step they reached and all before it.",
    "Played": "the lengths of the matches that came to an outcome; one that was left lasts until its room is "
    "closed, which is no time played.",
    "Name": "the beginning of the player's public id; names are not in the journal.",
}


def players(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Player": rows["player_id"].map(words.player),
            "Days": rows["n_days"],
            "Matches": rows["n_matches"],
            "Won": [
                words.percent(won / n if n else None)
                for won, n in zip(rows["n_won"], rows["n_matches"], strict=True)
            ],
            "Moves": rows["n_moves"],
            "Played": [words.duration(ms or None) for ms in rows["played_ms"]],
            "Last active": words.local(rows["last_at"], zone),
            "First seen": words.local(rows["first_seen_at"], zone),
            "Days ever": rows["n_days_ever"],
        }
    )


def days(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Day": rows["at"],
            "Game": rows["game"].map(words.game),
            "Matches": rows["n_matches"],
            "Won": rows["n_won"],
            "Moves": rows["n_moves"],
            "Played": [words.duration(ms or None) for ms in rows["played_ms"]],
        }
    )


def matches(rows: pd.DataFrame, zone: str, settings: Settings) -> pd.DataFrame:
    """With the address of each match's replay in the players' client."""
    return pd.DataFrame(
        {
            "Started": words.local(rows["started_at"], zone),
            "Game": rows["game"].map(words.game),
            "Seat": [words.seat(int(seat)) for seat in rows["seat"]],
            "Against": [
                ", ".join(words.player(other) for other in others) or words.NOTHING
                for others in rows["others"]
            ],
            "Result": [
                _RESULTS.get(str(result), "Left without an end" if status == "abandoned" else "Still on")
                for result, status in zip(rows["result"], rows["status"], strict=True)
            ],
            "Moves": rows["n_moves"],
            "Took": [words.duration(None if pd.isna(ms) else ms) for ms in rows["duration_ms"]],
            "Room": rows["room_id"].str.slice(0, 8),
            "Replay": [
                settings.replay_url(room, int(match))
                for room, match in zip(rows["room_id"], rows["match"], strict=True)
            ],
        }
    )

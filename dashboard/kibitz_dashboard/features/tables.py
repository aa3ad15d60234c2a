"""Features as people read them: who takes them up, how much they are used, and who comes back to them."""

import pandas as pd

from kibitz_dashboard import words

DEFINITIONS = {
    "Adoption": "people who used the feature on a day, over people active on that day, summed over the "
    "days of the period. Somebody may use a feature without taking a seat: it can be above 100 %.",
    "Stickiness": "of the last 28 days that are over: days on which its users used it, over days "
    "on which they were active or used it.",
    "Again": "users of these 28 days who used it on more than one of them.",
    "Left out": "players with Do Not Track; the client tells nothing of them.",
}


def features(now: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    adopted = {} if before is None else dict(zip(before["name"], before["adoption"], strict=True))
    return pd.DataFrame(
        {
            "Feature": now["name"].map(name_of),
            "People-days": now["n_user_days"],
            "Uses": now["n_uses"],
            "A day of a user": (now["n_uses"] / now["n_user_days"]).map(words.decimal),
            "First uses": now["n_first_users"],
            "Adoption": [percent(share) for share in now["adoption"]],
            "Before": [percent(adopted.get(name)) for name in now["name"]],
            "Users in 28 days": now["n_users_month"],
            "Stickiness": [percent(share) for share in now["stickiness"]],
            "Again": [percent(share) for share in now["again"]],
        }
    )


def name_of(feature: str) -> str:
    return words.column(feature)


def percent(share: float | None) -> str:
    return words.NOTHING if share is None or pd.isna(share) else words.percent(share)

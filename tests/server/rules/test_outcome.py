from kibitz.ids import Seat
from kibitz.rules import Outcome


def test_details_cannot_hide_who_won() -> None:
    outcome = Outcome(Seat(1), "line", {"line": [[0, 0]], "winner": 0}, ranks=(2, 1))
    assert outcome.as_value() == {"line": [[0, 0]], "winner": 1, "reason": "line", "ranks": [2, 1]}
    assert "ranks" not in Outcome(None, "full").as_value()


def test_what_is_not_given_is_not_shown() -> None:
    outcome = Outcome(None, "points", scores=(4, 2, 4), winners=(Seat(0), Seat(2)))
    assert outcome.as_value() == {"winner": None, "reason": "points", "scores": [4, 2, 4], "winners": [0, 2]}

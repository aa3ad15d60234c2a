"""The audit log in words."""

from kibitz_dashboard.audit_table import CHOICES, audit_frame, said
from kibitz_dashboard.server.answers import AuditLine


def test_words() -> None:
    assert said("room_kick") == "Kick a seat"
    assert said("room_kick_refused") == "Kick a seat: refused"
    assert said("login_refused") == "Was refused at the login"
    assert said("some_new_action") == "some new action"
    assert len(set(CHOICES)) == len(CHOICES)


def test_a_row() -> None:
    (row,) = audit_frame([AuditLine(1, 1_795_000_000_000, "ada", "room_close", "room-1")]).to_dict("records")
    assert (row["Who"], row["What"], row["To"], row["Detail"]) == ("ada", "Close a room", "room-1", "—")
    assert row["When"].endswith(" UTC")

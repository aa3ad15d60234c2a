"""A table of states in the DOT language."""

from kibitz_dashboard.palette import LIGHT
from kibitz_dashboard.room.state_graph import dot
from kibitz_dashboard.server.answers import Arrow, States

TABLE = States(
    "waiting",
    ["over"],
    [Arrow("waiting", "on", ["start"]), Arrow("on", "on", ["a", "b", "c"]), Arrow("on", "over", ['say "x"'])],
)


def test_every_state_and_arrow() -> None:
    text = dot(TABLE, LIGHT, now="on", label="A game")
    assert 'begin -> "waiting"' in text
    assert '"on" -> "on" [label="a, b\\nc"]' in text
    assert '"on" -> "over" [label="say \\"x\\""]' in text
    (now,) = [line for line in text.splitlines() if LIGHT.on_accent in line]
    assert now.startswith('"on" [')
    assert '"over" [label="over" peripheries=2]' in text


def test_no_state_stands_out_where_none_is_known() -> None:
    assert LIGHT.on_accent not in dot(TABLE, LIGHT, now=None, label="A game").replace(LIGHT.surface, "")

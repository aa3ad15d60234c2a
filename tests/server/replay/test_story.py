"""A room in words."""

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.replay.folded import fold_of, steps
from kibitz.replay.source import RoomHistory
from kibitz.replay.story import passed, picture, tell, upto, view_of


def test_lifecycle_and_moves(history: RoomHistory) -> None:
    said = list(tell(history.record, history.events))
    assert said[0] == "Room AQAAAAAAAAAAAAAAAAAAAA (join code CAAAAAAA): connect-four, 2 seats, public"
    assert said[3] == "  2027-01-15 08:00:00 UTC     +0.0 s  p_ann takes seat 0"
    assert [line for line in said if line.startswith("Match")] == ["Match 1", "Match 2"]
    assert said[7].endswith("+2.5 s    1. seat 0: drop column=3  (thought for 2.5 s)")
    assert "  7. seat 0: drop column=3" in said[13]
    assert said[13].endswith("-> seat 0 wins (line)")
    assert said[14].endswith("seat 0 wants a rematch")
    assert said[-1].endswith("+1 min 0 s    1. the clock of seat 1 has run out  -> seat 0 wins (timeout)")


@pytest.mark.parametrize(("match", "ply", "version"), [(1, 0, 4), (1, 3, 7), (None, 0, 14), (2, 1, 15)])
def test_up_to_a_ply(history: RoomHistory, match: int | None, ply: int, version: int) -> None:
    assert upto(history.events, ply, match)[-1].version == version


def test_a_ply_that_was_not_played(history: RoomHistory) -> None:
    with pytest.raises(LookupError, match="match 1 has no ply 8"):
        upto(history.events, 8, 1)
    with pytest.raises(LookupError, match="no match was played in this room"):
        upto(history.events[:3], 1)


def test_the_view_in_rows(history: RoomHistory) -> None:
    fold = fold_of(history.record, ConnectFour())
    *_, last = steps(fold, upto(history.events, 3, 1))
    lines = list(picture(view_of(fold, last.after)))
    assert lines[5:7] == ["    . . . 0 . . .", "    1 . . 0 . . ."]
    assert '  phase: "playing"' in lines


@pytest.mark.parametrize(
    ("us", "said"),
    [(0, "+0.0 s"), (59_940_000, "+59.9 s"), (184_000_000, "+3 min 4 s"), (7_500_000_000, "+2 h 5 min")],
)
def test_time_between_events(us: int, said: str) -> None:
    assert passed(us) == said

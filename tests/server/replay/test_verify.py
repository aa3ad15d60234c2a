"""What the rules say against what stands in the rows: each kind of difference is found, and named."""

import sqlite3
from pathlib import Path

import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.replay.folded import fold_of
from kibitz.replay.source import ReplayError, RoomHistory, read
from kibitz.replay.verify import Verified, verify
from support.toy_games import Tally


class NewerFour(ConnectFour):
    name = "connect-four"
    rules_version = 2


def changed(data: Path, *statements: str) -> RoomHistory:
    """The history after somebody wrote into the file by hand."""
    connection = sqlite3.connect(data / "journal.sqlite")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return read(data, "CAAAAAAA")


def test_what_the_rooms_wrote_is_what_the_rules_say(history: RoomHistory) -> None:
    assert verify(history, fold_of(history.record, ConnectFour())) == Verified(15, 1, 0)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE events SET phase_to = 'finished' WHERE version = 5",
            "version 5 (action): phase_to is finished in the journal, but playing by the rules.",
        ),
        (
            "UPDATE events SET phase_from = NULL WHERE version = 5",
            "version 5 (action): phase_from is empty in the journal, but playing by the rules.",
        ),
        (
            """UPDATE events SET outcome = '{"winner":1}' WHERE version = 11""",
            'version 11 (action): outcome is {"winner":1} in the journal, but {"line":',
        ),
        (
            "UPDATE events SET match = 9 WHERE version = 15",
            "version 15 (timeout): match is 9 in the journal, but 2 by the rules.",
        ),
        ("DELETE FROM events WHERE version = 7", "version 7 is missing: after 6 comes 8."),
        (
            "UPDATE events SET epoch = 'other' WHERE version = 7",
            "version 7 is of the epoch other, not AwAAAAAAAAAA.",
        ),
        (
            """UPDATE events SET args = '{"column":9}' WHERE version = 6""",
            "version 6 (action): Expected `int` <",
        ),
        ("UPDATE events SET kind = 'joined' WHERE version = 6", "version 6 (joined): "),
        (
            "UPDATE snapshots SET checksum = checksum + 1",
            "is damaged: its checksum is wrong.",
        ),
        (
            """UPDATE events SET args = '{"column":6}' WHERE version = 6""",
            "is not what the events before it make.",
        ),
        (
            "UPDATE snapshots SET version = 99",
            "a recovery point of version 99, which the room has not reached.",
        ),
    ],
)
def test_a_changed_row_is_found(data: Path, statement: str, problem: str) -> None:
    history = changed(data, statement)
    with pytest.raises(ReplayError) as caught:
        verify(history, fold_of(history.record, ConnectFour()))
    assert problem in str(caught.value)


def test_a_recovery_point_of_another_epoch_is_left_out(data: Path) -> None:
    history = changed(data, "UPDATE snapshots SET epoch = 'before'")
    assert verify(history, fold_of(history.record, ConnectFour())) == Verified(15, 0, 1)


def test_rules_that_cannot_fold_the_room_are_refused(history: RoomHistory) -> None:
    with pytest.raises(ReplayError, match=r"^the game 'connect-four' of this room is not installed here\.$"):
        fold_of(history.record, None)
    with pytest.raises(ReplayError, match="played by version 1 of the rules of connect-four; version 2 is"):
        fold_of(history.record, NewerFour())
    with pytest.raises(ReplayError, match="the options of this room do not fit the game"):
        fold_of(history.record, Tally())

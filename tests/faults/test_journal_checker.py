"""The judge judged: each kind of damage is planted, and must be found."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.four_in_a_row import Illegal, Match
from support.history import Line
from support.journal_checker import Row, Verdict, check

MOVES = [(0, 3), (1, 4), (0, 3), (1, 4), (0, 3), (1, 4), (0, 3)]
WON = json.dumps({"winner": 0, "line": [[2, 3], [3, 3], [4, 3], [5, 3]], "reason": "line"})


def a_match() -> list[Row]:
    """Created, two joins, started, then seat 0 fills four of column 3."""
    kinds = [("created", None), ("joined", 0), ("joined", 1), ("started", None)]
    rows = [
        Row("r", n + 1, "e", kind, seat, None, None, "{}", None, None) for n, (kind, seat) in enumerate(kinds)
    ]
    rows[3] = Row("r", 4, "e", "started", None, None, None, "{}", 1, None)
    for number, (seat, column) in enumerate(MOVES):
        outcome = WON if number == len(MOVES) - 1 else None
        args = json.dumps({"column": column})
        rows.append(Row("r", 5 + number, "e", "action", seat, f"a{number}", "drop", args, 1, outcome))
    return rows


def a_history() -> list[Line]:
    lines = []
    for number, (seat, column) in enumerate(MOVES):
        move = ("r", f"a{number}", seat, "drop", {"column": column})
        lines.append(Line("invoke", 10 * number, *move))
        lines.append(Line("ok", 10 * number + 5, *move, version=5 + number))
    return lines


def judged(path: Path, rows: Sequence[Row], history: Sequence[Line]) -> Verdict:
    journal = path / "journal.sqlite"
    journal.unlink(missing_ok=True)
    db = sqlite3.connect(journal)
    db.execute(
        "create table events_v1 (id integer primary key, room_id, version, epoch, kind, seat, action_id,"
        " type, args, match, outcome)"
    )
    db.executemany(
        "insert into events_v1 values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (r.room, r.version, r.epoch, r.kind, r.seat, r.action, r.type, r.args, r.match, r.outcome)
            for r in rows
        ],
    )
    db.commit()
    db.close()
    return check(journal, history)


def changed(row: Row, **fields: object) -> Row:
    return Row(**{**row.__dict__, **fields})  # type: ignore[arg-type]


def test_a_sound_run_is_clean(tmp_path: Path):
    verdict = judged(tmp_path, a_match(), a_history())
    assert verdict.is_clean, verdict.findings()
    assert verdict.summary(3).startswith("kills=3 acked=7 lost=0 dup=0 gap=0 wrong=0 in_doubt=0")
    assert (verdict.rooms, verdict.matches) == (1, 1)


def test_an_action_in_doubt_may_stand_or_not(tmp_path: Path):
    history = [*a_history()[:-1], Line("invoke", 99, "r", "never", 1, "drop", {"column": 0})]
    verdict = judged(tmp_path, a_match(), history)
    assert verdict.is_clean
    assert verdict.in_doubt == 2


def test_a_lost_move(tmp_path: Path):
    verdict = judged(tmp_path, a_match()[:-1], a_history())
    assert len(verdict.lost) == 1


@pytest.mark.parametrize("field", [{"args": '{"column": 6}'}, {"seat": 1}, {"version": 12}])
def test_a_move_that_stands_otherwise_than_acknowledged(tmp_path: Path, field: dict[str, object]):
    rows = a_match()
    rows[-1] = changed(rows[-1], **field)
    assert judged(tmp_path, rows, a_history()).lost


def test_a_move_twice(tmp_path: Path):
    rows = a_match()
    again = changed(rows[-1], version=12)
    assert len(judged(tmp_path, [*rows, again], a_history()).dup) == 1


def test_a_hole_and_a_double_number(tmp_path: Path):
    rows = a_match()
    assert judged(tmp_path, [*rows[:2], *rows[3:]], []).gap
    assert judged(tmp_path, [*rows, rows[1]], []).gap


def test_a_refused_move_that_stands(tmp_path: Path):
    history = a_history()
    history[-1] = Line("fail", 99, "r", "a6", 0, "drop", {"column": 3}, code="unavailable")
    assert judged(tmp_path, a_match(), history).wrong


def test_a_refused_move_that_was_sent_again_and_accepted_is_none(tmp_path: Path):
    refused = Line("fail", 61, "r", "a6", 0, "drop", {"column": 3}, code="unavailable")
    assert judged(tmp_path, a_match(), [*a_history(), refused]).is_clean


def test_an_order_that_contradicts_real_time(tmp_path: Path):
    history = a_history()
    # a2 (version 7) is sent only after a3 (version 8) was acknowledged.
    history[4] = Line("invoke", 36, *("r", "a2", 0, "drop", {"column": 3}))
    history[5] = Line("ok", 38, *("r", "a2", 0, "drop", {"column": 3}), version=7)
    assert len(judged(tmp_path, a_match(), history).wrong) == 1


def test_a_move_out_of_turn_a_wrong_winner_and_an_early_match(tmp_path: Path):
    rows = a_match()
    swapped = [*rows[:4], changed(rows[5], version=5), *rows[6:]]
    assert judged(tmp_path, swapped, []).wrong
    lied = [*rows[:-1], changed(rows[-1], outcome=WON.replace("0", "1", 1))]
    assert judged(tmp_path, lied, []).wrong
    silent = [*rows[:-1], changed(rows[-1], outcome=None)]
    assert judged(tmp_path, silent, []).wrong
    early = [*rows[:6], changed(rows[3], version=7, match=2)]
    assert judged(tmp_path, early, []).wrong


def test_a_changed_epoch(tmp_path: Path):
    rows = a_match()
    rows[-1] = changed(rows[-1], epoch="f")
    assert judged(tmp_path, rows, []).wrong


def test_a_damaged_file(tmp_path: Path):
    judged(tmp_path, a_match(), [])
    path = tmp_path / "journal.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:4200] = b"\xff" * 104
    path.write_bytes(content)
    with pytest.raises((ValueError, sqlite3.DatabaseError)):
        check(path, [])


# ---------------------------------------------------------------- the second opinion


def played(*columns: int) -> Match:
    match = Match(first=0)
    for column in columns:
        match.drop(match.turn or 0, column)
    return match


@pytest.mark.parametrize(
    "columns",
    [
        (3, 4, 3, 4, 3, 4, 3),  # upright
        (0, 0, 1, 1, 2, 2, 3),  # level, finished at its end
        (0, 0, 1, 1, 3, 3, 2),  # level, finished in its middle
        (0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3),  # rising
        (6, 5, 5, 4, 4, 3, 4, 3, 3, 0, 3),  # falling
    ],
)
def test_lines_in_each_direction_win(columns: tuple[int, ...]):
    match = played(*columns)
    assert (match.is_over, match.winner, match.turn) == (True, 0, None)
    assert not played(*columns[:-1]).is_over


def test_a_full_board_without_a_line_is_a_draw():
    order = [0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 2, 3, 2, 3, 2, 3, 3, 2, 3, 2, 3, 2]
    order += [4, 5, 4, 5, 4, 5, 5, 4, 5, 4, 5, 4, 6, 6, 6, 6, 6, 6]
    match = played(*order)
    assert (match.is_over, match.winner) == (True, None)


def test_what_the_rules_do_not_allow():
    with pytest.raises(Illegal, match="turn"):
        Match(first=0).drop(1, 0)
    with pytest.raises(Illegal, match="full"):
        played(0, 0, 0, 0, 0, 0, 0)
    with pytest.raises(Illegal, match="no column"):
        Match(first=0).drop(0, 7)
    with pytest.raises(Illegal, match="over"):
        played(3, 4, 3, 4, 3, 4, 3, 4)


def test_the_board_is_shown_with_the_top_row_first():
    assert played(3, 3).board()[4:] == [[None] * 3 + [1] + [None] * 3, [None] * 3 + [0] + [None] * 3]

"""Numbers as people read them."""

import pytest

from kibitz_dashboard import words
from support.analytics_journal import naive


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (None, "—"),
        (0, "0 ms"),
        (640, "640 ms"),
        (1000, "1.0 s"),
        (59_940, "59.9 s"),
        (59_960, "1 min 00 s"),
        (185_000, "3 min 05 s"),
        (3_599_600, "1 h 00 min"),
        (7_800_000, "2 h 10 min"),
        (200_000_000, "2 d 7 h"),
    ],
)
def test_durations(ms: float | None, said: str) -> None:
    assert words.duration(ms) == said


def test_small_things() -> None:
    assert (words.count(None), words.count(0), words.count(12_345)) == ("—", "0", "12,345")
    assert (words.percent(None), words.percent(0.1234)) == ("—", "12.3 %")
    assert (words.micros(40), words.micros(4000)) == ("40 µs", "4 ms")
    assert words.game("connect-four") == "Connect Four"
    assert (words.seat(None), words.seat(0), words.seat(1)) == ("—", "● Seat 1", "▲ Seat 2")
    assert words.player("b_house.k7Qz81xx") == "Bot k7Qz81"
    assert (words.player("p_abcdefghij"), words.player("b_abcdefghij"), words.player(None)) == (
        "Player abcdef",
        "Bot abcdef",
        "—",
    )
    assert (words.outcome("line"), words.outcome("bluff_called"), words.outcome(None)) == (
        "Line completed",
        "Bluff called",
        "—",
    )
    assert words.action("drop", {"column": 3}) == "drop · column 3"
    assert words.action("pass", {}) == "pass"


def test_times() -> None:
    noon = naive("2026-11-23 12:00:00")
    assert words.clock(noon) == "2026-11-23 12:00:00 UTC"
    assert words.clock(None) == "—"
    assert words.ago(noon, naive("2026-11-23 12:00:03")) == "just now"
    assert words.ago(noon, naive("2026-11-23 12:09:00")) == "9 min 00 s ago"
    assert words.ago(naive("2026-11-23 12:00:01"), noon) == "just now"


def test_file_names_have_nothing_odd() -> None:
    assert words.file_name('../a/b\n"c-d_e') == "abc-d_e"


def test_text_of_others_is_no_markup() -> None:
    assert words.plain("Ada Lovelace") == "Ada Lovelace"
    assert words.plain("![x](//y.z)") == r"\!\[x\]\(//y\.z\)"
    assert words.plain(":red[a]\n# b") == r"\:red\[a\] \# b"


def test_moments() -> None:
    assert words.moment(1_795_000_000_000) == "2026-11-18 11:06:40 UTC"

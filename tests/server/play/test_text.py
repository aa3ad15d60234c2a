"""Chat as it is shown: whatever hides, reorders or climbs is taken out."""

import pytest

from kibitz.play.text import clean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("good  game\n", "good game"),
        ("a\u0000\u001b[31mb", "a[31mb"),
        ("abc\u202etxt\u2066", "abctxt"),
        ("a\u200b\ufeffb", "ab"),
        ("one\u2028two", "one two"),
        ("e\u0301", "é"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("x" + "\u0302" * 50, "x" + "\u0302" * 4),
        ("\u3164\u2800", ""),
        (" \t\r\n", ""),
        ("\u200d", ""),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown

"""What people write to each other, made harmless for every place that shows it."""

import unicodedata

MARKS_MAX = 4
"""In a row. More of them only climb over the lines above and below."""

ZERO_WIDTH_JOINER = "\u200d"
"""Joins emoji."""

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters of which nothing is seen


def clean(text: str) -> str:
    """NFC, one line, without control, direction-changing or invisible characters; may come out empty.

    Of combining marks in a row the first `MARKS_MAX` are kept.
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text):
        category = unicodedata.category(letter)
        marks = marks + 1 if category[0] == "M" else 0
        is_shown = category not in _REFUSED and letter not in _BLANK and marks <= MARKS_MAX
        if is_shown or letter == ZERO_WIDTH_JOINER or letter.isspace():
            kept.append(letter)
    line = " ".join("".join(kept).split())
    return line if line.strip(ZERO_WIDTH_JOINER) else ""

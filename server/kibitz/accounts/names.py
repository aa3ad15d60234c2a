"""The rules of names. A name is shown to strangers, so it must not hide, reorder or flood text."""

import re
import unicodedata

from apsw.unicode import grapheme_length

from kibitz.accounts.errors import BadName
from kibitz.ids import AdminName

GRAPHEMES_MAX = 24
CODE_POINTS_MAX = 240
"""A grapheme can be made of any number of code points; of the longest emoji it is ten."""
MARKS_MAX = 4
"""In a row. More of them only climb over the lines above and below."""

ZERO_WIDTH_JOINER = "\u200d"
ZERO_WIDTH_NON_JOINER = "\u200c"
_VISIBLE = frozenset("LNPS")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols by their category, which are drawn as nothing."""
_PROVIDED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+|:-]{0,253}")
_ADMIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def player_name(text: str) -> str:
    """The name as it is stored: NFC, without outer spaces, inner white space made single spaces.

    Raises `BadName`.
    """
    if len(text) > 4 * CODE_POINTS_MAX:
        raise BadName(f"A name has at most {GRAPHEMES_MAX} characters.")
    name = " ".join(unicodedata.normalize("NFC", text).split(" "))
    name = re.sub(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000 ]+", " ", name).strip()
    if any(not _is_allowed(name, at) for at in range(len(name))):
        raise BadName("A name has no control characters, and none that are invisible or turn text around.")
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        raise BadName("A name has at least one character that can be seen.")
    marks = "".join("m" if unicodedata.category(letter)[0] == "M" else " " for letter in name)
    if "m" * (MARKS_MAX + 1) in marks:
        raise BadName(f"A name has at most {MARKS_MAX} accents on one letter.")
    if len(name) > CODE_POINTS_MAX or grapheme_length(name) > GRAPHEMES_MAX:
        raise BadName(f"A name has at most {GRAPHEMES_MAX} characters.")
    return name


def admin_name(text: str) -> AdminName:
    """Raises `BadName`."""
    if not _ADMIN_NAME.fullmatch(text):
        raise BadName(
            "An admin's name has 1 to 32 of the characters a-z, 0-9, dot, dash and underscore, "
            "and begins with a letter or a digit."
        )
    return AdminName(text)


def provided_name(text: str) -> AdminName:
    """What an OpenID provider calls somebody, as an account's name: an e-mail address in lower case.

    Raises `BadName`.
    """
    if not _PROVIDED_NAME.fullmatch(text):
        raise BadName(
            "The name of an account that a provider vouches for has 1 to 254 of the characters A-Z, a-z, 0-9 "
            "and . _ @ + | : -, and begins with a letter or a digit."
        )
    return AdminName(text.lower() if "@" in text else text)


def _is_allowed(name: str, at: int) -> bool:
    letter = name[at]
    if letter in _BLANK:
        return False
    if unicodedata.category(letter) not in _REFUSED:
        return True
    before, after = name[at - 1 : at], name[at + 1 : at + 2]
    if letter == ZERO_WIDTH_JOINER:  # as in a family of emoji
        return bool(before and after) and unicodedata.category(after) == "So"
    if letter == ZERO_WIDTH_NON_JOINER:  # as Persian writes words
        return bool(before and after) and unicodedata.category(before) == unicodedata.category(after) == "Lo"
    return False

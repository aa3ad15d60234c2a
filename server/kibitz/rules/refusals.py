"""Why an action is not carried out, as a value and never as an exception.

A validator returns a `Refusal` or None. Its code is one of `kibitz.codes.Code`, or a word of the
game's own, which reaches the client as `game:<word>` and so never collides with the frame's.
"""

import re

from msgspec import Struct

from kibitz.codes import MEANINGS, Code

_GAME_CODE = re.compile(r"game:[a-z][a-z0-9_]{0,39}\Z")


class Refusal(Struct, frozen=True):
    """`code` is what programs read; `message` is a sentence for the player, without secrets."""

    code: str
    message: str


def refuse(code: Code, message: str | None = None) -> Refusal:
    """A refusal by one of the frame's codes; without `message`, in the words of the code itself."""
    return Refusal(code.value, MEANINGS[code].text if message is None else message)


def illegal(word: str, message: str) -> Refusal:
    """A refusal by a code of the game's own: `illegal("column_full", …)` is `game:column_full`.

    Raises `ValueError` if `word` is not lower-case letters, digits and `_` (at most 40).
    """
    code = f"game:{word}"
    if not _GAME_CODE.match(code):
        raise ValueError(f"a game's refusal code is lower-case words joined by '_', not {word!r}")
    return Refusal(code, message)

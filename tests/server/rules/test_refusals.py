import pytest

from kibitz.codes import Code
from kibitz.rules import illegal, refuse


def test_the_frames_codes_come_with_their_words() -> None:
    assert refuse(Code.NOT_YOUR_TURN).message == "It is not your turn."
    assert refuse(Code.ILLEGAL, "Not there.").message == "Not there."


def test_a_games_own_codes_never_collide_with_the_frames() -> None:
    refusal = illegal("column_full", "That column is full.")
    assert refusal.code == "game:column_full"
    assert refusal.code not in set(Code)


@pytest.mark.parametrize("word", ["", "Full", "column-full", "1st", "a b", "x" * 41, "a:b"])
def test_a_code_is_a_plain_word(word: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        illegal(word, "…")

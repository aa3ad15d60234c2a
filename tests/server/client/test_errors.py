from kibitz.client.errors import Refused
from kibitz.codes import Advice, Code


def test_the_advice_is_that_of_the_code():
    assert Refused(Code.UNAVAILABLE, "x").advice is Advice.RETRY
    assert Refused(Code.STALE, "x").advice is Advice.RESYNC
    assert Refused(Code.ILLEGAL, "x").advice is Advice.STOP


def test_a_games_own_code_and_an_unknown_one_mean_stop():
    assert Refused("game:column_full", "x").advice is Advice.STOP
    assert Refused("of_tomorrow", "x").advice is Advice.STOP


def test_the_text_says_code_and_message():
    assert str(Refused("illegal", "The column is full.")) == "illegal: The column is full."

"""Names: what is kept, what is tidied, what is refused and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.accounts.errors import BadName
from kibitz.accounts.names import admin_name, player_name


@pytest.mark.parametrize(
    ("given_name", "stored"),
    [
        ("Ada", "Ada"),
        ("  Ada \t Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("\u5c0f\u660e", "小明"),
        ("\u0646\u06cc\u0645\u200c\u0641\u0627\u0635\u0644\u0647", "نیم‌فاصله"),
        ("👨\u200d👩\u200d👧", "👨‍👩‍👧"),
        ("❤️", "❤️"),
        ("x" * 24, "x" * 24),
        ("\u0e19\u0e35\u0e48", "นี่"),
        ("👨\u200d👩\u200d👧" * 24, "👨‍👩‍👧" * 24),
        ("👨\u200d👩\u200d👧" * 12, "👨‍👩‍👧" * 12),
        ("<b>&", "<b>&"),
    ],
)
def test_a_name_is_stored_tidied(given_name: str, stored: str) -> None:
    assert player_name(given_name) == stored


@pytest.mark.parametrize(
    ("given_name", "rule"),
    [
        ("", "can be seen"),
        ("   ", "can be seen"),
        ("\u0301\u0302", "can be seen"),
        ("x" * 25, "at most 24"),
        ("x" * 100_000, "at most 24"),
        ("x" + "\u0302" * 5, "at most 4 accents"),
        ("\u2764\ufe0f\u200d" * 100 + "\u2764", "at most 24"),
        ("a\u0000b", "control"),
        ("a\nb", "control"),
        ("a\u001b[31mb", "control"),
        ("abc\u202etxt", "turn text around"),
        ("\u2066abc\u2069", "turn text around"),
        ("a\u200bb", "invisible"),
        ("a\u200db", "invisible"),
        ("a\u200cb", "invisible"),
        ("\u200da", "invisible"),
        ("a\ufeff", "invisible"),
        ("a\ud800", "control"),
        ("a\ue000", "control"),
        ("a\u2028b", "control"),
        ("\u3164", "invisible"),
        ("\u2800\u2800", "invisible"),
        ("Ada\u034f", "invisible"),
    ],
)
def test_a_name_that_hides_reorders_or_floods_is_refused(given_name: str, rule: str) -> None:
    with pytest.raises(BadName, match=rule) as refusal:
        player_name(given_name)
    assert refusal.value.rule == str(refusal.value)


@given(st.text(max_size=40))
def test_a_stored_name_is_stored_as_it_is(text: str) -> None:
    try:
        name = player_name(text)
    except BadName:
        return
    assert player_name(name) == name
    assert name.encode()


@pytest.mark.parametrize("name", ["", "Ada", "a b", "-a", "a" * 33, "ä", "a\n"])
def test_an_admins_name_is_plain(name: str) -> None:
    with pytest.raises(BadName, match="a-z"):
        admin_name(name)


def test_an_admins_name_is_kept() -> None:
    assert admin_name("ada.l-1_x") == "ada.l-1_x"

import enum
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kibitz.sync.canonical import CanonicalError, check, encode, encode_unchecked, escape, is_plain, unescape

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.cases("canonical.json", "values")
def test_a_value_has_one_text(case: dict[str, Any]) -> None:
    assert encode(case["value"]).decode() == case["json"]


@pytest.mark.cases("canonical.json", "refused")
def test_what_is_not_allowed_is_refused_with_its_path(case: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError) as caught:
        encode(json.loads(case["text"]))
    assert caught.value.path == case["path"]


@given(values)
def test_the_text_is_what_the_standard_library_writes(value: Any) -> None:
    check(value)
    expected = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert encode(value) == expected.encode()


@given(values)
def test_the_text_of_what_is_allowed_needs_no_checking(value: Any) -> None:
    assert encode_unchecked(value) == encode(value)


@given(values, values)
def test_plain_values_are_equal_where_their_texts_are(one: Any, other: Any) -> None:
    texts = encode(one), encode(other)
    if all(map(is_plain, texts)):
        assert (one == other) is (texts[0] == texts[1])


@pytest.mark.parametrize("value", [True, False, 1.0, -0.0, 1.5e300, [{"a": True}]], ids=repr)
def test_what_equals_an_integer_and_is_none_is_not_plain(value: Any) -> None:
    assert not is_plain(encode_unchecked(value))


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        float("inf"),
        1e300,
        b"x",
        {1: 2},
        {True: 1},
        {None: 1},
        {1, 2},
        2**53 + 1,
        -(2**64),
        2**70,
    ],
    ids=repr,
)
def test_what_the_encoder_would_let_pass_is_refused(value: Any) -> None:
    with pytest.raises(CanonicalError, match="the whole value"):
        encode(value)
    with pytest.raises(CanonicalError, match=r"^/a/1: "):
        encode({"a": [0, value]})


def test_tuples_and_string_enums_are_taken_for_what_they_are_in_json() -> None:
    colour = enum.StrEnum("colour", {"RED": "red"})
    assert encode({"t": (1, (2,)), "e": colour.RED}) == b'{"e":"red","t":[1,[2]]}'


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises((CanonicalError, RecursionError)):
        encode(value)


@given(st.text())
def test_pointer_steps_survive_escaping(key: str) -> None:
    assert unescape(escape(key)) == key
    assert "/" not in escape(key)

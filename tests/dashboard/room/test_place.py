"""Links into a room: numbers, or nowhere in particular."""

import pytest

from kibitz_dashboard.room.place import Place, place


def test_a_match_and_a_version() -> None:
    assert place({"match": "2", "version": "317"}) == Place(2, 317)


@pytest.mark.parametrize("bad", ["", "-1", "x", "1.5", "9" * 10, "9" * 4000, "٣", "1 or 1=1", "\x00"])
def test_nonsense(bad: str) -> None:
    assert place({"match": bad, "version": bad}) == Place()

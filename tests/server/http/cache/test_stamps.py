"""What is dropped stays untrue, however many tags there are."""

from kibitz.http.cache import stamps as stamps_module
from kibitz.http.cache.stamps import Stamps


def test_only_what_was_dropped_changes() -> None:
    stamps = Stamps()
    before = stamps.of(("a", "b"))
    stamps.drop(("b",))
    after = stamps.of(("a", "b"))
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_where_there_are_too_many_tags_everything_is_dropped() -> None:
    stamps = Stamps()
    quiet, dropped = stamps.of(("quiet",)), stamps.of(("0",))
    for number in range(stamps_module._TAGS_MOST + 1):
        stamps.drop((str(number),))
    assert stamps.of(("quiet",)) != quiet
    assert stamps.of(("0",)) != dropped

"""The pipe to the starter: its end is our end."""

import os
import threading

import pytest

from kibitz_dashboard.parent import ENV, watch_parent


def test_the_end_of_the_starter_is_noticed() -> None:
    ours, theirs = os.pipe()
    gone = threading.Event()
    watcher = watch_parent({ENV: str(ours)}, gone.set)
    assert watcher is not None
    assert not gone.is_set()
    os.close(theirs)
    assert gone.wait(5)
    watcher.join()
    os.close(ours)


def test_without_a_starter_nothing_is_watched() -> None:
    assert watch_parent({}, lambda: None) is None


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        watch_parent({ENV: "three"}, lambda: None)

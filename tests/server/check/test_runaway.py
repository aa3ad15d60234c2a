"""Code that does not come back, ended by its CPU time."""

import signal

import pytest

from kibitz.check import runaway


def forever() -> None:
    while True:
        pass


def test_an_endless_loop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runaway, "CPU_S_MOST", 0.05)
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(runaway.RanAway), runaway.ended():
        forever()
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_quick_code_is_left_alone() -> None:
    with runaway.ended():
        done = True
    assert done

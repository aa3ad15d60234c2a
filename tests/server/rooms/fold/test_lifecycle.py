"""The table of room states, looked at as a whole."""

import pytest

from kibitz.journal.records import EventKind
from kibitz.rooms.fold.lifecycle import LIFECYCLE, LifecycleError, Status, allows, led


def test_every_state_is_reached_and_left_and_every_event_used() -> None:
    journalled = set(Status) - {Status.FAULTED}
    reached, frontier = {Status.WAITING}, [Status.WAITING]
    while frontier:
        status = frontier.pop()
        for (begin, _), targets in LIFECYCLE.items():
            if begin is status:
                frontier.extend(set(targets) - reached)
                reached.update(targets)
    assert reached == journalled
    assert {status for status, _ in LIFECYCLE} == journalled - {Status.CLOSED}
    assert {kind for _, kind in LIFECYCLE} == set(EventKind) - {EventKind.CREATED}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", list(EventKind))
@pytest.mark.parametrize("to", list(Status))
def test_what_is_not_in_the_table_does_not_happen(status: Status, kind: EventKind, to: Status) -> None:
    if to in LIFECYCLE.get((status, kind), ()):
        assert led(status, kind, to) is to
        assert allows(status, kind)
    else:
        with pytest.raises(LifecycleError) as caught:
            led(status, kind, to)
        assert (caught.value.status, caught.value.kind, caught.value.to) == (status, kind, to)


def test_nothing_follows_a_closed_room() -> None:
    assert not any(allows(Status.CLOSED, kind) for kind in EventKind)

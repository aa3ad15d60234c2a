import msgspec
import pytest

from kibitz.ids import Version
from kibitz.rooms.conflicts import accepted, refused
from kibitz.rules import Stale


@pytest.mark.parametrize(
    ("policy", "kind", "resolution"),
    [(Stale.REBASE, "merge", "merge"), (Stale.COMMUTE, "merge", "client")],
)
def test_the_record_of_what_was_carried_out(policy: Stale, kind: str, resolution: str) -> None:
    conflict = accepted(policy, 4, Version(7))
    assert (conflict.client_version, conflict.server_version) == (4, 7)
    assert (conflict.type, conflict.resolution) == (kind, resolution)


def test_the_record_of_what_was_not_as_it_is_sent() -> None:
    assert msgspec.json.decode(msgspec.json.encode(refused(4, Version(7)))) == {
        "client_version": 4,
        "server_version": 7,
        "type": "override",
        "resolution": "server",
    }

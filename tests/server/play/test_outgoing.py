"""Messages that are put together by hand are those of the contract."""

import msgspec
from msgspec import Raw

from kibitz.ids import Epoch, RoomId, Version
from kibitz.play import outgoing
from kibitz.protocol.messages import Acted, Patch, PatchOp, ShownEvent
from kibitz.rooms.views.views import RenderedPatch


def test_a_patch_is_the_contracts() -> None:
    ops, events = (
        [PatchOp("replace", "/a", None)],
        [ShownEvent("e", 2, 5, "action", 0, "drop", {"column": 3})],
    )
    rendered = RenderedPatch(
        Epoch("e-_1"),
        Version(1),
        Version(2),
        1_700_000_000_000,
        Raw(msgspec.json.encode(ops)),
        4_294_967_295,
        Raw(msgspec.json.encode(events)),
    )
    expected = Patch("r-_1", "e-_1", 1, 2, 1_700_000_000_000, ops, 4_294_967_295, events)
    assert outgoing.patch(RoomId("r-_1"), rendered) == msgspec.json.encode(expected)


def test_an_accepted_action_is_answered_as_the_contract_says() -> None:
    assert outgoing.acted(Version(7)) == msgspec.json.encode(Acted(7))

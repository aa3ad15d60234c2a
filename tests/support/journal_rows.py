"""Rooms and events to put into a journal, and a note of how they settled."""

from collections.abc import Callable

from kibitz.ids import Epoch, GameName, JoinCode, PlayerId, RoomId, RoomKey, Seat, Version
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import Event, EventKind, NewRoom


def room_record(key: int, *, code: str = "ABCDEFGH", room_id: str | None = None) -> NewRoom:
    return NewRoom(
        RoomId(room_id or f"room-{key}"),
        RoomKey(key),
        GameName("connect-four"),
        rules_version=1,
        seats=2,
        code=JoinCode(code),
        is_private=key % 2 == 0,
        options='{"clock_ms":null}',
        epoch=Epoch(f"epoch-{key}"),
        host_player_id=PlayerId("p_host"),
        created_us=1_000_000 + key,
    )


def event_record(key: int, version: int, kind: EventKind = EventKind.ACTION, **fields: object) -> Event:
    values: dict[str, object] = {
        "room": RoomKey(key),
        "version": Version(version),
        "epoch": Epoch(f"epoch-{key}"),
        "at_us": 1_000_000 + version,
        "kind": EventKind.CREATED if version == 1 else kind,
        "args": "{}",
    } | fields
    return Event(**values)  # type: ignore[arg-type]


def full_event(key: int, version: int) -> Event:
    """An event with a value in every field."""
    return event_record(
        key,
        version,
        seat=Seat(1),
        player_id=PlayerId("b_bot"),
        action_id="a" * 22,
        type="drop",
        args='{"column":3,"ö":"\\u0000"}',
        handled_us=41,
        spent_ms=1200,
        match=2,
        phase_from="playing",
        phase_to="finished",
        outcome='{"winner":1}',
    )


class Ledger:
    """Makes `settled` callbacks and notes the order and the results in which they came."""

    def __init__(self) -> None:
        self.results: dict[str, CommitFailure | None] = {}

    def note(self, name: str) -> Callable[[CommitFailure | None], None]:
        def settled(failure: CommitFailure | None) -> None:
            assert name not in self.results, f"{name} settled twice"
            self.results[name] = failure

        return settled

    @property
    def order(self) -> list[str]:
        return list(self.results)

"""Recovery points: whatever happened to them, the room comes back as its events say."""

from typing import Any
from zlib import crc32

import msgspec
import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.ids import ActionId, Epoch, GameName, JoinCode, PlayerId, RoomId, RoomKey, Seat, Version
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event, EventKind, NewRoom, SnapshotRecord
from kibitz.rooms.fold.fold import Fold, FoldError
from kibitz.rooms.ledger.known_acts import KnownActs
from kibitz.rooms.ledger.recovery import Loaded, load, recovery_point
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Referee
from support.room_house import ANN, BEN, House

OFTEN = RoomsConfig(pause_limit_ms=0, snapshot_every=4)


async def played() -> tuple[House, Room, NewRoom, Fold]:
    house = House(config=OFTEN)
    room = await house.playing()
    await house.drops(room, "000000111111")
    await house.quiet()
    record = house.journal.find_room(room.room_id)
    assert record is not None
    referee = Referee(ConnectFour())
    return house, room, record, Fold(referee, referee.options(record.options), 2)


def replaced(house: House, record: NewRoom, snapshots: list[SnapshotRecord]) -> None:
    house.memory._snapshots[record.key] = {snapshot.version: snapshot for snapshot in snapshots}


def loaded(house: House, record: NewRoom, fold: Fold) -> Loaded:
    return load(house.journal, record, fold, 16)


async def test_points_are_saved_every_so_many_versions() -> None:
    house, room, record, _ = await played()
    assert room.version == 16
    assert [point.version for point in house.journal.latest_snapshots(record.key)] == [13, 9]


async def test_with_and_without_points_the_state_is_the_same() -> None:
    house, _, record, fold = await played()
    with_points = loaded(house, record, fold)
    assert with_points.passed_over == 0
    assert len(with_points.recent) == 3  # only the tail was folded
    replaced(house, record, [])
    without = loaded(house, record, fold)
    assert without.state == with_points.state
    assert without.acts.to_save(Version(99)) == with_points.acts.to_save(Version(99))


async def test_a_flip_of_any_byte_is_noticed() -> None:
    house, _, record, fold = await played()
    expected = loaded(house, record, fold).state
    newest, older = house.journal.latest_snapshots(record.key)
    for place in range(len(newest.state)):
        flipped = bytearray(newest.state)
        flipped[place] ^= 0x10
        replaced(house, record, [msgspec.structs.replace(newest, state=bytes(flipped)), older])
        found = loaded(house, record, fold)
        assert (found.state, found.passed_over) == (expected, 1)


async def test_truncation_at_any_length_is_noticed() -> None:
    house, _, record, fold = await played()
    expected = loaded(house, record, fold).state
    newest, older = house.journal.latest_snapshots(record.key)
    for length in range(0, len(newest.state), 7):
        for checksum in (newest.checksum, crc32(newest.state[:length])):
            cut = msgspec.structs.replace(newest, state=newest.state[:length], checksum=checksum)
            replaced(house, record, [cut, msgspec.structs.replace(older, state=b"")])
            found = loaded(house, record, fold)
            assert (found.state, found.passed_over) == (expected, 2)


@pytest.mark.parametrize("changed", [{"rules_version": 9}, {"epoch": "other"}, {"version": 14}], ids=str)
async def test_a_point_of_something_else_is_passed_over(changed: dict[str, object]) -> None:
    house, _, record, fold = await played()
    expected = loaded(house, record, fold).state
    newest, _ = house.journal.latest_snapshots(record.key)
    replaced(house, record, [msgspec.structs.replace(newest, **changed)])
    found = loaded(house, record, fold)
    assert (found.state, found.passed_over) == (expected, 1)


async def test_a_gap_in_the_history_is_an_error_and_no_guess() -> None:
    house, _, record, fold = await played()
    del house.memory._by_room[record.key][6]
    replaced(house, record, [])
    with pytest.raises(FoldError, match="does not follow version 6"):
        loaded(house, record, fold)


async def test_a_room_without_events_is_an_error() -> None:
    _, _, record, fold = await played()
    with pytest.raises(ValueError, match="no event"):
        load(MemoryJournal(), record, fold, 16)


async def test_a_point_knows_no_action_that_is_not_committed() -> None:
    house = House(config=RoomsConfig(pause_limit_ms=0, snapshot_every=5))
    room = await house.playing()
    await house.drops(room, "0")
    # The point of version 6 is made in the turn in which Ben hears of his move; Ann answers in the
    # same breath, and her move is not committed when the point is.
    hers = house.sent(room, 0, base=6)
    room.act(BEN, house.sent(room, 0), lambda _: room.act(ANN, hers, lambda _: None))
    await house.quiet()
    (point,) = house.journal.latest_snapshots(room.key)
    assert (point.version, room.version) == (6, 7)
    assert [version for _, _, version, _ in msgspec.msgpack.decode(point.state)["acts"]] == [5, 6]


def test_the_bytes_of_a_point_stay_what_they_were() -> None:
    """The checksum is of a point that the first release stored: what came later is left out where unused."""
    referee = Referee(ConnectFour())
    fold = Fold(referee, referee.options(b"{}"), 2)
    epoch, ann, ben = Epoch("e"), PlayerId("p_a"), PlayerId("p_b")
    shapes: list[tuple[EventKind, dict[str, Any]]] = [
        (EventKind.CREATED, {}),
        (EventKind.JOINED, {"seat": Seat(0), "player_id": ann}),
        (EventKind.JOINED, {"seat": Seat(1), "player_id": ben}),
        (EventKind.STARTED, {"args": '{"players":["p_a","p_b"],"seed":"00"}', "match": 1}),
        (
            EventKind.ACTION,
            {
                "seat": Seat(0),
                "player_id": ann,
                "action_id": ActionId("id"),
                "type": "drop",
                "args": '{"column":3}',
                "spent_ms": 1_500,
            },
        ),
    ]
    events = [
        Event(RoomKey(1), Version(number), epoch, 1_000 + number, kind, **more)
        for number, (kind, more) in enumerate(shapes, 1)
    ]
    acts = KnownActs()
    for event in events:
        acts.add_event(event)
    record = NewRoom(
        RoomId("r"), RoomKey(1), GameName("connect-four"), 1, 2, JoinCode("c"), False, "{}", epoch, ann, 1
    )
    point = recovery_point(record, fold.all(events), acts, fold, 9)
    assert (point.checksum, len(point.state)) == (2_871_837_569, 282)

"""Actions that come twice are done once, however long ago the first time was."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kibitz.ids import ActionId, Epoch, PlayerId, RoomKey, Seat, Version
from kibitz.journal.journal import JournalError
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event, EventKind, SnapshotRecord
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.fold.event_args import TickInput, Ticks, encode_args
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.ledger import known_acts
from kibitz.rooms.ledger.known_acts import ACTS_KEPT, KnownAct, KnownActs, find_act
from kibitz.rooms.ledger.recovery import recovery_point
from kibitz.rooms.room import Room
from kibitz.rules import Referee
from support.room_house import ANN, BEN, EVE, House, act, rematch
from support.room_house import Sent as Act

DROPS = "0101010"


def test_the_newest_are_kept_and_it_is_known_from_where_on_they_are_all() -> None:
    acts = KnownActs(most=3)
    for version in range(5, 10):
        acts.add(PlayerId("p_x"), ActionId(f"id-{version}"), KnownAct(Version(version), "x {}"))
    assert len(acts) == 3
    assert acts.complete_from == 6
    assert acts.find(PlayerId("p_x"), "id-6") is None
    assert acts.find(PlayerId("p_x"), "id-7") is not None


def test_what_is_saved_does_not_depend_on_what_waits_for_its_commit() -> None:
    def acts(count: int) -> KnownActs:
        known = KnownActs()
        for version in range(1, count + 1):
            known.add(PlayerId("p_x"), ActionId(f"id-{version}"), KnownAct(Version(version), "x {}"))
        return known

    for committed in (5, 128, 129, 300):
        saved, complete_from = acts(committed).to_save(Version(committed))
        assert acts(committed + 64).to_save(Version(committed)) == (saved, complete_from)
        assert complete_from == max(0, committed - 128)
        restored = KnownActs(saved, complete_from=complete_from)
        assert restored.to_save(Version(committed)) == (saved, complete_from)


async def long_room(house: House, matches: int) -> tuple[Room, list[tuple[PlayerId, Act, Accepted]]]:
    """A room in which match after match was played, and every act of it with its answer."""
    room = await house.playing()
    done: list[tuple[PlayerId, Act, Accepted]] = []
    for number in range(matches):
        if number:
            await rematch(room, ANN)
            await rematch(room, BEN)
        for turn, column in enumerate(DROPS):
            player = (ANN, BEN)[(number + turn) % 2]
            message = house.sent(room, int(column))
            answer = await act(room, player, message)
            assert isinstance(answer, Accepted), answer
            done.append((player, message, answer))
    return room, done


async def test_every_act_of_a_long_history_is_answered_as_it_was_before_and_after_a_restart() -> None:
    house = House()
    room, done = await long_room(house, 60)
    assert len(done) > ACTS_KEPT
    rows = len(house.journal.read_room(room.key))
    found = house.restarted().directory.find(room.room_id)
    assert isinstance(found, Room)
    for asked in (room, found):
        for player, message, answer in done:
            assert await act(asked, player, message) == answer
    assert len(house.journal.read_room(room.key)) == rows


async def test_the_recovery_points_of_a_long_history_follow_from_its_events() -> None:
    house = House()
    room, _ = await long_room(house, 45)
    found = house.restarted()
    found_room = found.directory.find(room.room_id)
    assert isinstance(found_room, Room)
    room = found_room
    for turn, column in enumerate("01010"):
        await rematch(room, ANN)
        await rematch(room, BEN)
        await found.drop(room, (BEN, ANN)[turn % 2], int(column))
    record = house.journal.find_room(room.room_id)
    assert record is not None
    referee = Referee(house.games[record.game])
    fold = Fold(referee, referee.options(record.options), record.seats)
    points = {point.version: point for point in house.journal.latest_snapshots(record.key)}
    assert points
    acts, state = KnownActs(), None
    for event in house.journal.read_room(record.key):
        state = fold.step(state, event)
        acts.add_event(event)
        point = points.pop(state.version, None)
        if point is not None:
            assert recovery_point(record, state, acts, fold, point.at_us) == point
    assert points == {}


async def test_recovery_points_do_not_grow_with_the_history() -> None:
    house = House()
    room, _ = await long_room(house, 45)
    early: SnapshotRecord = house.journal.latest_snapshots(room.key)[0]
    for _ in range(30):
        await rematch(room, ANN)
        await rematch(room, BEN)
        first = room.view(None).value["turn"]
        for turn, column in enumerate(DROPS):
            await house.drop(room, (ANN, BEN)[(int(str(first)) + turn) % 2], int(column))
    late = house.journal.latest_snapshots(room.key)[0]
    assert late.version > early.version + 200
    assert len(late.state) < len(early.state) + 400


async def test_what_is_too_long_ago_to_tell_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kibitz.rooms.ledger.ledger.LOOK_BACK_MOST", 100)
    assert known_acts.LOOK_BACK_MOST > 100
    house = House()
    room, done = await long_room(house, 60)
    player, message, _ = done[0]
    answer = await act(room, player, message)
    assert isinstance(answer, Refused)
    assert answer.code == "stale"


async def test_an_old_action_costs_reading_only_for_who_has_a_seat() -> None:
    class Unreadable(MemoryJournal):
        def read_room(self, *how: Any, **more: Any) -> Any:
            if is_broken:
                raise JournalError("the disk fails")
            return super().read_room(*how, **more)

    is_broken = False
    house = House(Unreadable())
    room, done = await long_room(house, 60)
    is_broken = True
    codes = []
    for player in (ANN, EVE):
        answer = await act(room, player, done[0][1])
        assert isinstance(answer, Refused)
        codes.append(answer.code)
    assert codes == ["unavailable", "not_seated"]
    newest = done[-1]
    assert await act(room, newest[0], newest[1]) == newest[2]


async def test_the_conflict_of_the_first_answer_is_in_the_second_after_a_restart() -> None:
    house = House()
    room = await house.playing()
    await house.drop(room, ANN, 0)
    late = house.sent(room, 1, base=4)
    first = await act(room, BEN, late)
    assert isinstance(first, Accepted)
    assert isinstance(first.conflict, Conflict)
    found = house.restarted().directory.find(room.room_id)
    assert isinstance(found, Room)
    assert await act(found, BEN, late) == first


def test_rows_that_do_not_name_an_action_are_not_decoded() -> None:
    row = Event(RoomKey(1), Version(2), Epoch("e"), 1, EventKind.TICKS, args="not JSON at all")
    ride = TickInput(3, Seat(0), "steer", msgspec.Raw(b'{"to":"up"}'), ANN, ActionId("ride-0000000000001"))
    ticks = replace(row, version=Version(3), args=encode_args(Ticks(0, 20, (ride,))))
    act = replace(row, version=Version(4), kind=EventKind.ACTION, player_id=BEN, type="drop", args="{}")
    act = replace(act, action_id=ActionId("drop-0000000000001"))
    rows = (row, ticks, act)
    assert find_act(rows, ANN, "ride-0000000000001") == KnownAct(Version(3), 'steer {"to":"up"}')
    assert find_act(rows, BEN, "drop-0000000000001") == KnownAct(Version(4), "drop {}")
    assert find_act(rows, BEN, "ride-0000000000001") is None
    assert find_act(rows, ANN, "ride-0000000000002") is None

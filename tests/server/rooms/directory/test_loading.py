"""Rooms from the journal: what speaks against it, and what becomes of those that cannot be read."""

from typing import Any

import pytest

from kibitz.ids import GameName
from kibitz.journal.journal import JournalError
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.guard.guard import Call, Doing, Stuck
from kibitz.rooms.guard.quarantine import Quarantine, Reported
from kibitz.rooms.room import Room
from support.room_house import ANN, House, act
from support.tally_room import TALLY, code_of, sent
from support.toy_games import Tally


class Tired(Tally):
    """Fails at every action once it is told to."""

    fails_with: BaseException | None = None

    def outcome(self, state: Any) -> Any:
        if self.fails_with is not None:
            raise self.fails_with
        return super().outcome(state)

    def to_move(self, state: Any) -> Any:
        if self.fails_with is not None:
            raise self.fails_with
        return super().to_move(state)

    def setup(self, setup: Any) -> Any:
        if self.fails_with is not None:
            raise self.fails_with
        return super().setup(setup)


async def stored() -> tuple[House, Room]:
    house = House(games={TALLY: Tired()})
    room = await house.playing(game="tally", options=b"{}")
    await act(room, ANN, sent(room, "add", {"n": 1}, "id-0000000000001"))
    await house.quiet()
    return house, room


@pytest.mark.parametrize(
    ("error", "why", "is_kept"),
    [(ZeroDivisionError("oh"), "unreadable", False), (Stuck(), "stuck", True)],
)
async def test_a_room_that_does_not_fold_is_put_aside(error: BaseException, why: str, is_kept: bool) -> None:
    house, room = await stored()
    saved: list[bytes] = []
    game = Tired()
    game.fails_with = error
    later = house.restarted(games={TALLY: game}, quarantine=Quarantine(save=saved.append))
    for _ in range(2):
        assert code_of(later.directory.find(room.room_id)) == "room_faulted"
    (report,) = later.directory.faulted()
    assert (report.why, report.doing) == (why, "load")
    assert (room.room_id.encode() in saved[-1]) is is_kept
    game.fails_with = None
    again = later.directory.release(room.room_id)
    assert isinstance(again, Room)
    assert again.version == room.version


async def test_a_disk_that_fails_puts_no_room_aside() -> None:
    class Failing(MemoryJournal):
        is_failing = False

        def read_room(self, *how: Any, **more: Any) -> Any:
            if self.is_failing:
                raise JournalError("disk I/O error")
            return super().read_room(*how, **more)

    house = House(Failing())
    room = await house.playing()
    later = House(house.journal, clock=house.clock)
    later.directory.recover()
    Failing.is_failing = True
    assert code_of(later.directory.find(room.room_id)) == "unavailable"
    assert later.directory.faulted() == []
    Failing.is_failing = False
    assert isinstance(later.directory.find(room.room_id), Room)


async def test_rooms_with_the_same_options_share_their_fold() -> None:
    house = House()
    rooms = [await house.create(), await house.create(), await house.create(options=b"{}")]
    later = House(house.journal, clock=house.clock)
    later.directory.recover()
    for directory in (house.directory, later.directory):
        one, two, other = [directory.find(room.room_id) for room in rooms]
        assert isinstance(one, Room)
        assert isinstance(two, Room)
        assert isinstance(other, Room)
        assert one._fold is two._fold
        assert one._fold is not other._fold


async def test_a_game_that_is_gone_refuses_before_anything_is_read() -> None:
    house, room = await stored()
    later = house.restarted(games={GameName("connect-four"): House().games[GameName("connect-four")]})
    assert code_of(later.directory.find(room.room_id)) == "unknown_game"
    assert later.directory.loaded == 0


async def test_a_release_that_meets_a_failing_disk_can_be_tried_again() -> None:
    class Failing(MemoryJournal):
        is_failing = False

        def read_room(self, *how: Any, **more: Any) -> Any:
            if self.is_failing:
                raise JournalError("disk I/O error")
            return super().read_room(*how, **more)

    journal = Failing()
    house = House(journal)
    room = await house.playing()
    quarantine = Quarantine()
    quarantine.put(Reported(Call(Doing.VIEW, room.room_id), "stuck", 77))
    later = House(journal, clock=house.clock, quarantine=quarantine)
    later.directory.recover()
    journal.is_failing = True
    assert code_of(later.directory.release(room.room_id)) == "unavailable"
    assert later.directory.list() == []
    assert len(later.directory.faulted()) == 1
    journal.is_failing = False
    assert isinstance(later.directory.release(room.room_id), Room)
    assert later.directory.faulted() == []

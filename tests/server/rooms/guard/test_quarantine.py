"""Who is guilty of a crash, and what follows from it."""

import pytest

from kibitz.ids import RoomId
from kibitz.rooms.guard.guard import Call, Doing
from kibitz.rooms.guard.quarantine import ACTS_MOST, SUSPECTS_MOST, UNREADABLE, Quarantine, Reported

ROOM, OTHER = RoomId("room-1"), RoomId("room-2")


def act(action_id: str = "act-1", room: RoomId = ROOM, player: str = "p_ann") -> Call:
    return Call(Doing.ACT, room, player, action_id, "drop")


class Saved:
    def __init__(self) -> None:
        self.content = b""

    def __call__(self, content: bytes) -> None:
        self.content = content


def test_a_proven_act_is_refused_and_its_room_plays_on() -> None:
    saved = Saved()
    quarantine = Quarantine(save=saved)
    report = quarantine.died(act(), 5, is_proven=True, error="Fatal")
    assert report == Reported(act(), "crash", 5, "Fatal")
    for each in (quarantine, Quarantine(saved.content)):
        assert each.refused == {(ROOM, "p_ann", "act-1")}
        assert (each.room(ROOM), [one.call for one in each.acts]) == (None, [act()])


def test_a_second_crash_of_the_room_costs_the_room() -> None:
    quarantine = Quarantine()
    quarantine.died(act(), 5, is_proven=True)
    quarantine.died(act("act-2"), 6, is_proven=True)
    assert quarantine.room(ROOM) is not None
    assert quarantine.room(OTHER) is None


@pytest.mark.parametrize("doing", [each for each in Doing if each is not Doing.ACT])
def test_what_no_player_did_costs_the_room_at_once(doing: Doing) -> None:
    quarantine = Quarantine()
    quarantine.died(Call(doing, ROOM), 5, is_proven=True)
    assert quarantine.room(ROOM) is not None


def test_a_house_bots_act_costs_the_room_since_it_would_come_again_under_another_id() -> None:
    quarantine = Quarantine()
    quarantine.died(act(player="b_house.1"), 5, is_proven=True)
    assert quarantine.room(ROOM) is not None


def test_one_kill_proves_nothing_and_two_of_the_same_do() -> None:
    saved = Saved()
    assert Quarantine(save=saved).died(act(), 5, is_proven=False) is None
    second = Quarantine(saved.content, saved)
    assert second.died(act("act-2"), 6, is_proven=False) is None
    assert second.refused == set()
    assert second.died(act(), 7, is_proven=False) == Reported(act(), "killed", 7)
    assert second.refused == {(ROOM, "p_ann", "act-1")}


def test_two_kills_of_a_room_at_whatever_are_the_same_trouble() -> None:
    quarantine = Quarantine()
    assert quarantine.died(Call(Doing.TICK, ROOM), 5, is_proven=False) is None
    assert quarantine.died(Call(Doing.TICK, OTHER), 6, is_proven=False) is None
    assert quarantine.died(Call(Doing.LOAD, ROOM), 7, is_proven=False) is not None
    assert (quarantine.room(ROOM) is None, quarantine.room(OTHER) is None) == (False, True)


def test_a_release_forgets_everything_about_the_room() -> None:
    saved = Saved()
    quarantine = Quarantine(save=saved)
    for number in range(2):
        quarantine.died(act(f"act-{number}"), 5, is_proven=True)
    quarantine.died(act(room=OTHER), 5, is_proven=True)
    quarantine.release(ROOM)
    for each in (quarantine, Quarantine(saved.content)):
        assert (each.rooms, [one.call.room_id for one in each.acts]) == ([], [OTHER])


def test_what_does_not_fold_is_tried_again_by_the_next_process() -> None:
    saved = Saved()
    quarantine = Quarantine(save=saved)
    quarantine.put(Reported(Call(Doing.LOAD, ROOM), UNREADABLE, 5))
    assert quarantine.room(ROOM) is not None
    assert Quarantine(saved.content).room(ROOM) is None


def test_the_lists_are_bounded() -> None:
    quarantine = Quarantine()
    for number in range(SUSPECTS_MOST + ACTS_MOST + 50):
        quarantine.died(act(room=RoomId(f"killed-{number}")), 5, is_proven=False)
        quarantine.died(act(room=RoomId(f"crash-{number}")), 5, is_proven=True)
    assert len(quarantine.acts) == len(quarantine.refused) == ACTS_MOST
    assert len(quarantine._suspects) == SUSPECTS_MOST

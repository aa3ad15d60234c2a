"""Every call of game code is noted before it happens, and a call that is interrupted harms nothing."""

from typing import Any

import pytest

from kibitz.ids import Seat
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.guard import SLOT_BYTES, Call, Doing, Guard, Stuck, left_behind
from kibitz.rules import Value
from support.room_house import ANN, House, act, leave
from support.tally_room import TALLY, code_of, sent
from support.toy_games import Hands, Tally

ROOM: Any = "room-1"


class TestGuard:
    def test_nothing_is_left_behind_by_calls_that_came_back(self) -> None:
        memory = bytearray(SLOT_BYTES)
        guard = Guard(memory)
        assert left_behind(memory) is None
        assert guard.run(Doing.VIEW, ROOM, lambda: 7) == 7
        assert left_behind(memory) is None
        with pytest.raises(ZeroDivisionError):
            guard.run(Doing.VIEW, ROOM, lambda: 1 // 0)
        assert (left_behind(memory), guard.inside, guard.going_on()) == (None, False, None)

    def test_a_call_that_does_not_come_back_is_left_behind(self) -> None:
        memory = bytearray(SLOT_BYTES)
        guard = Guard(memory)
        guard.enter(Doing.LOAD, ROOM)
        guard.leave()
        guard.enter(Doing.ACT, ROOM, "p_ann", "action-1", "drop")
        call = Call(Doing.ACT, ROOM, "p_ann", "action-1", "drop")
        assert left_behind(bytearray(memory)) == guard.going_on() == call
        assert (guard.inside, guard.entries) == (True, 2)

    def test_a_name_that_is_too_long_or_odd_does_not_matter(self) -> None:
        memory = bytearray(SLOT_BYTES)
        Guard(memory).enter(Doing.ACT, ROOM, "p_ann", "action-1", "\ud800" * 600)
        call = left_behind(memory)
        assert call is not None
        assert (call.player, call.action_id) == ("p_ann", "action-1")

    @pytest.mark.parametrize(
        "content", [b"\x01", b"\x01nonsense\n\n\n\n\n", b"\x01act\n", b"\xff" * SLOT_BYTES]
    )
    def test_what_no_guard_wrote_is_nothing(self, content: bytes) -> None:
        assert left_behind(bytearray(content.ljust(SLOT_BYTES, b"\0"))) is None


class Told(Tally):
    """Notes what its guard says whenever one of its functions runs."""

    guard: Guard
    noted: list[tuple[str, Call | None]]

    def note(self, what: str) -> None:
        self.noted.append((what, self.guard.going_on()))

    def setup(self, setup: Any) -> Hands:
        self.note("setup")
        return super().setup(setup)

    def to_move(self, state: Hands) -> tuple[Seat, ...]:
        self.note("to_move")
        return super().to_move(state)

    def view(self, state: Hands, seat: Seat | None) -> dict[str, Value]:
        self.note("view")
        return super().view(state, seat)

    def event_view(self, *how: Any) -> dict[str, Value] | None:
        self.note("event_view")
        return super().event_view(*how)

    def on_forfeit(self, state: Hands, seat: Seat) -> Hands:
        self.note("on_forfeit")
        return super().on_forfeit(state, seat)


async def test_every_call_of_a_game_is_noted() -> None:
    game = Told()
    Told.noted = []
    Told.guard = Guard(bytearray(SLOT_BYTES))
    house = House(games={TALLY: game}, guard=Told.guard)
    house.told.viewer_classes = (-1, 0)
    room = await house.playing(game="tally", options=b"{}")
    await act(room, ANN, sent(room, "add", {"n": 1}, "id-0000000000001"))
    room.events_after(room.version.__class__(0), 9, None, None)
    await leave(room, ANN)
    await house.quiet()
    house.restarted(guard=Told.guard).directory.find(room.room_id)
    assert {what for what, _ in Told.noted} >= {"setup", "to_move", "view", "event_view", "on_forfeit"}
    assert [what for what, call in Told.noted if call is None] == []
    acted = [call for what, call in Told.noted if call is not None and call.doing is Doing.ACT]
    assert acted[0] == Call(Doing.ACT, room.room_id, ANN, "id-0000000000001", "add")
    assert left_behind(house.directory.guard.memory) is None


async def test_an_act_that_is_interrupted_is_refused_and_changes_nothing() -> None:
    class Hangs(Tally):
        def outcome(self, state: Hands) -> Any:
            if state.phase == "over":
                try:
                    raise Stuck
                except Exception:  # noqa: S110  # what a game catches by mistake
                    pass
            return super().outcome(state)

    house = House(games={TALLY: Hangs()})
    room = await house.playing(game="tally", options=b"{}")
    for number in range(3):
        await act(room, ANN, sent(room, "add", {"n": 3}, f"id-{number:013}"))
    version = room.version
    for number in range(3):
        answer = await act(room, ANN, sent(room, "add", {"n": 3}, f"over-{number:011}"))
        assert code_of(answer) == "game_fault"
        assert not house.directory.guard.inside
    assert (room.version, room.status) == (version, Status.FAULTED)

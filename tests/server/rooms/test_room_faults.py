"""A game that fails harms its own room at most."""

from typing import Any

from msgspec.structs import replace

from kibitz.ids import GameName, Seat
from kibitz.rooms.answers import Accepted, JoinAs, Left, Seated
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Outcome
from support.room_house import ANN, BEN, EVE, House, act, join, leave, rematch
from support.tally_room import TALLY, code_of, sent, tally_house
from support.toy_games import Hands, LastOne, Tally


def fail() -> None:
    raise ZeroDivisionError


def status_of(room: Room) -> str:
    return room.status.value


class TestFaults:
    async def test_an_exception_refuses_the_action_and_changes_nothing(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        before = room.view(Seat(0)).json
        for number, action in enumerate(("crash", "lie")):
            answer = await act(room, ANN, sent(room, action, {}, f"id-{number:013}"))
            assert code_of(answer) == "game_fault"
        assert room.view(Seat(0)).json == before
        answer = await act(room, ANN, sent(room, "add", {"n": 1}, "id-0000000000009"))
        assert isinstance(answer, Accepted)

    async def test_three_in_a_row_fault_the_room_and_no_other(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        other = await house.playing(game="tally", options=b"{}")
        for number in range(3):
            await act(room, ANN, sent(room, "crash", {}, f"id-{number:013}"))
        assert room.status is Status.FAULTED
        assert house.told.words()[-1] == "faulted"
        assert (
            code_of(await act(room, ANN, sent(room, "add", {"n": 1}, "id-0000000000009"))) == "room_faulted"
        )
        assert isinstance(await join(room, EVE), Seated)  # its history stays readable
        assert await leave(room, ANN) == Left(room.version)
        assert code_of(await rematch(room, ANN)) == "room_faulted"
        assert isinstance(await act(other, ANN, sent(other, "add", {"n": 1}, "id-0000000000009")), Accepted)

    async def test_a_faulted_room_with_a_free_seat_can_be_watched_and_not_played(self) -> None:
        class Unready(Tally):
            def setup(self, setup: Any) -> Any:
                raise ZeroDivisionError("the author did not think of this")

        house = House(games={TALLY: Unready()})
        room = await house.create(game="tally", options=b"{}", seats=2)
        await join(room, ANN)
        await join(room, BEN)
        assert room.status is Status.FAULTED
        await leave(room, BEN)
        other = await house.create(game="tally", options=b"{}", seats=3)
        await join(other, ANN)
        other.guarded(lambda: 1 // 0)  # type: ignore[arg-type]
        watching = await join(other, EVE)
        assert isinstance(watching, Seated)
        assert watching.seat is None
        assert code_of(await join(other, EVE, JoinAs.PLAYER)) == "room_faulted"

    async def test_an_outcome_that_cannot_be_written_refuses_the_action_and_forgets_its_id(self) -> None:
        class Half(Tally):
            def outcome(self, state: Any) -> Outcome:
                return Outcome(state.winner, "ten", {"points": 0.5})  # type: ignore[dict-item]

        house = House(games={TALLY: Half()})
        room = await house.playing(game="tally", options=b"{}")
        for number in range(3):
            await act(room, ANN, sent(room, "add", {"n": 3}, f"id-{number:013}"))
        last = sent(room, "add", {"n": 1}, "id-0000000000009")
        for _ in range(2):
            assert code_of(await act(room, ANN, last)) == "game_fault"
        assert (room.version, room.status) == (7, Status.PLAYING)
        assert isinstance(await act(room, BEN, sent(room, "bid", {"n": 1}, "id-0000000000010")), Accepted)

    async def test_a_state_that_cannot_be_saved_costs_only_the_recovery_point(self) -> None:
        class Odd(Tally):
            def setup(self, setup: Any) -> Hands:
                return Hands("adding", (1, 2), winner=object())  # type: ignore[arg-type]

        house = House(games={TALLY: Odd()}, config=RoomsConfig(pause_limit_ms=0, snapshot_every=2))
        room = await house.playing(game="tally", options=b"{}")
        for number in range(3):
            answer = await act(room, ANN, sent(room, "add", {"n": 1}, f"id-{number:013}"))
            assert isinstance(answer, Accepted)
        await house.quiet()
        assert room.status is Status.PLAYING
        assert house.journal.latest_snapshots(room.key) == []

    async def test_a_view_that_fails_faults_the_room_and_is_told(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        assert isinstance(await act(room, ANN, sent(room, "blind", {}, "id-0000000000001")), Accepted)
        assert room.status is Status.FAULTED
        assert code_of(await join(room, EVE)) == "game_fault"

    async def test_clocks_that_fall_without_end_fault_the_room(self) -> None:
        class Patient(LastOne):
            def on_timeout(self, state: Any, seat: Seat) -> Any:
                return replace(state, turn=self._next(state, seat))  # and nobody is ever out

        house = House(games={GameName("last-one"): Patient()})
        room = await house.create(game="last-one", options=b"{}", seats=3)
        for player in (ANN, BEN, EVE):
            await join(room, player)
        await house.pass_time(181)
        assert room.status is Status.FAULTED
        rows = house.journal.read_room(room.key)
        assert [row.seat for row in rows if row.kind == "timeout"][:3] == [0, 1, 2]
        assert len(rows) <= 15

    async def test_no_clock_runs_while_a_room_is_out_of_play(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        await house.pass_time(10)
        room.guarded(fail)
        assert status_of(room) == "faulted"
        await house.pass_time(600)
        assert house.directory.release(room.room_id) is room
        await house.pass_time(59)
        assert status_of(room) == "playing"
        assert room.clock_elapsed_ms == 59_000
        await house.pass_time(2)
        assert status_of(room) == "finished"

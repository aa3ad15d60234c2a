"""Who sits at a room, from its first seat to its end."""

import asyncio
import json

from kibitz.ids import Seat, SocketId
from kibitz.rooms.answers import Accepted, JoinAs, Left, Seated
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from support.room_house import ANN, BEN, EVE, House, join, leave, rematch
from support.tally_room import WIN_FOR_ANN, code_of, kinds


class TestSeats:
    async def test_a_match_starts_when_the_last_seat_is_taken(self) -> None:
        house = House()
        room = await house.create()
        assert (room.status, room.match) == (Status.WAITING, 0)
        first = await join(room, ANN)
        assert isinstance(first, Seated)
        assert first.seat == 0
        assert first.catch_up.status == "waiting"
        second = await join(room, BEN)
        assert isinstance(second, Seated)
        # The start is committed with the join: whoever joins last sees the match at once.
        assert (second.seat, second.catch_up.status, second.catch_up.match) == (1, "playing", 1)
        assert kinds(house, room) == ["created", "joined", "joined", "started"]
        assert room.players == (ANN, BEN)

    async def test_who_comes_too_late_watches_or_is_told(self) -> None:
        house = House()
        room = await house.playing()
        watching = await join(room, EVE)
        assert isinstance(watching, Seated)
        assert watching.seat is None
        assert code_of(await join(room, EVE, JoinAs.PLAYER)) == "room_full"

    async def test_a_player_keeps_the_own_seat(self) -> None:
        house = House()
        room = await house.playing()
        again = await join(room, BEN, None, 0)
        assert isinstance(again, Seated)
        assert again.seat == 1
        assert room.version == 4

    async def test_a_wanted_seat(self) -> None:
        house = House()
        room = await house.create()
        seated = await join(room, ANN, JoinAs.PLAYER, 1)
        assert isinstance(seated, Seated)
        assert seated.seat == 1
        assert code_of(await join(room, BEN, JoinAs.PLAYER, 1)) == "seat_taken"
        assert code_of(await join(room, BEN, JoinAs.PLAYER, 7)) == "seat_taken"

    async def test_joining_twice_before_the_first_is_committed_takes_one_seat(self) -> None:
        house = House()
        room = await house.create()
        first, second = await asyncio.gather(join(room, ANN), join(room, ANN))
        assert isinstance(first, Seated)
        assert isinstance(second, Seated)
        assert first.seat == second.seat == 0
        assert room.players == (ANN, None)

    async def test_leaving_before_the_match_frees_the_seat(self) -> None:
        house = House()
        room = await house.create()
        await join(room, ANN)
        assert isinstance(await leave(room, ANN), Left)
        assert room.players == (None, None)
        assert room.status is Status.WAITING

    async def test_leaving_a_running_match_gives_it_up(self) -> None:
        house = House()
        room = await house.playing()
        assert isinstance(await leave(room, ANN), Left)
        assert room.status is Status.FINISHED
        assert room.players == (None, BEN)
        outcome = room.view(None).value["outcome"]
        assert outcome == {"winner": 1, "line": None, "reason": "forfeit"}
        row = house.journal.read_room(room.key)[-2]
        assert (row.kind, row.seat, row.phase_from, row.phase_to) == ("forfeit", 0, "playing", "finished")
        assert json.loads(row.outcome or "") == outcome

    async def test_a_spectator_leaves_at_once_and_without_a_trace(self) -> None:
        house = House()
        room = await house.playing()
        assert await leave(room, EVE) == Left(room.version)
        assert room.version == 4


class TestRematch:
    async def test_it_starts_when_everybody_wants_it_and_the_other_seat_begins(self) -> None:
        house = House()
        room = await house.playing()
        assert code_of(await rematch(room, ANN)) == "wrong_phase"
        await house.drops(room, WIN_FOR_ANN)
        assert code_of(await rematch(room, EVE)) == "not_seated"
        assert isinstance(await rematch(room, ANN), Left)
        assert isinstance(await rematch(room, ANN), Left)
        assert [seat.wants_rematch for seat in room.presence.seats()] == [True, False]
        assert room.status is Status.FINISHED
        assert isinstance(await rematch(room, BEN), Left)
        assert (room.status, room.match) == (Status.PLAYING, 2)
        assert room.view(None).value["turn"] == 1
        assert [seat.wants_rematch for seat in room.presence.seats()] == [False, False]
        assert kinds(house, room)[-3:] == ["rematch", "rematch", "started"]
        assert isinstance(await house.drop(room, BEN, 0), Accepted)

    async def test_somebody_else_may_take_the_place_of_who_left(self) -> None:
        house = House()
        room = await house.playing()
        await leave(room, BEN)
        seated = await join(room, EVE)
        assert isinstance(seated, Seated)
        assert seated.seat == 1
        assert room.status is Status.FINISHED
        await rematch(room, ANN)
        assert (room.status, room.match) == (Status.PLAYING, 2)

    async def test_a_draining_server_starts_no_match(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, WIN_FOR_ANN)
        await rematch(room, ANN)
        house.directory.drain()
        assert code_of(await rematch(room, BEN)) == "draining"


class TestPresenceOfTheRoom:
    async def test_grace_then_disconnected(self) -> None:
        house = House()
        room = await house.playing()

        def status() -> list[str]:
            return [seat.status for seat in room.presence.seats()]

        room.presence.attach(SocketId("s1"), ANN, Seat(0), "websocket")
        assert status() == ["connected", "disconnected"]
        room.presence.detach(SocketId("s1"))
        assert status()[0] == "reconnecting"
        await house.pass_time(31)
        assert status()[0] == "disconnected"

    async def test_after_a_restart_everybody_is_expected_back(self) -> None:
        house = House()
        room = await house.playing()
        later = house.restarted()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        assert [seat.status for seat in found.presence.seats()] == ["reconnecting", "reconnecting"]
        await later.pass_time(31)
        assert [seat.status for seat in found.presence.seats()] == ["disconnected", "disconnected"]


class TestClosing:
    async def test_after_the_last_event_the_room_is_forgotten(self) -> None:
        house = House()
        room = await house.playing()
        room.close("admin")
        assert code_of(await house.drop(room, ANN, 3)) == "room_closed"
        await house.quiet()
        assert room.status is Status.CLOSED
        assert house.told.words()[-2:] == ["committed", "closed"]
        assert code_of(house.directory.find(room.room_id)) == "room_closed"
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.args) == ("closed", '{"reason":"admin"}')

    async def test_a_second_close_is_refused(self) -> None:
        house = House()
        room = await house.playing()
        room.close("admin")
        answers: list[object] = []
        room.close("admin", answers.append)
        assert code_of(answers[0]) == "room_closed"
        assert code_of(await join(room, EVE)) == "room_closed"
        await house.quiet()

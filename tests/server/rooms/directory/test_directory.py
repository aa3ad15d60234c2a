"""Making, finding, listing, recovering and closing rooms."""

import gc
import itertools
import random
import weakref
from functools import partial
from typing import Any

import pytest

from kibitz.ids import GameName, JoinCode, RoomId, Seat, SocketId, Version, is_bot
from kibitz.journal.journal import CommitFailure
from kibitz.journal.memory import MemoryJournal
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ANN, BEN, UNTIMED, House, asked, join, rematch
from support.toy_games import NewTally, Tally

FOUR = GameName("connect-four")


async def made(house: House, wanted: Creation) -> Room | Refused:
    return await asked(partial(house.directory.create, wanted))


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


def status_of(house: House, room: Room) -> Status:
    """Of the room in whichever form it is held now, without asking for it."""
    (held,) = [held for held in house.directory.all() if held.room_id == room.room_id]
    return held.status


class TestCreating:
    async def test_a_room_has_an_id_a_code_and_its_options_written_out(self) -> None:
        house = House()
        room = await house.create(options=b"{}")
        assert len(room.room_id) == 22
        assert len(room.code) == 8
        assert room.options == {"clock_ms": 600_000, "increment_ms": 5_000}
        assert house.directory.find(room.room_id) is room
        assert house.directory.find_code(room.code) is room
        assert (room.host, room.is_private, room.created_us) == (ANN, False, house.clock.now_us())

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            (Creation(GameName("chess"), ANN), "unknown_game"),
            (Creation(FOUR, ANN, b'{"clock_ms":1}'), "bad_options"),
            (Creation(FOUR, ANN, b'{"speed":1}'), "bad_options"),
            (Creation(FOUR, ANN, b"[]"), "bad_options"),
            (Creation(FOUR, ANN, b"{"), "bad_options"),
            (Creation(FOUR, ANN, seats=3), "bad_options"),
            (Creation(FOUR, ANN, bots=3), "bad_options"),
            (Creation(FOUR, ANN, bots=-1), "bad_options"),
        ],
    )
    async def test_what_cannot_be_made_is_refused(self, wanted: Creation, code: str) -> None:
        house = House()
        assert code_of(await made(house, wanted)) == code
        assert house.directory.all() == []
        assert house.journal.unfinished_rooms() == []

    async def test_bots_take_the_last_seats(self) -> None:
        house = House()
        room = await house.create(bots=1)
        await house.quiet()
        assert room.players[0] is None
        assert room.players[1] is not None
        assert is_bot(room.players[1])
        assert room.presence.seats()[1].status == "connected"
        await join(room, ANN)
        assert room.status is Status.PLAYING

    async def test_a_creation_that_is_not_committed_leaves_nothing(self) -> None:
        house = House()
        house.memory.fail_when(lambda _: CommitFailure.UNAVAILABLE)
        assert code_of(await made(house, Creation(FOUR, ANN, bots=1))) == "unavailable"
        await house.quiet()
        assert house.directory.all() == []
        house.memory.fail_when(lambda _: None)
        assert isinstance(await made(house, Creation(FOUR, ANN)), Room)

    async def test_a_server_has_room_for_so_many(self) -> None:
        house = House(config=RoomsConfig(rooms_most=2))
        await house.create()
        await house.create()
        assert code_of(await made(house, Creation(FOUR, ANN))) == "room_busy"

    async def test_codes_are_unique_among_open_rooms(self) -> None:
        # Entropy that repeats itself: the second room draws the code of the first, and draws again.
        draws = itertools.chain([b"\x01", b"\x02", b"\x03", b"\x01", b"\x04"], itertools.repeat(b"\x05"))
        ids = itertools.count(100)

        def entropy(n: int) -> bytes:
            return next(draws) * n if n == 8 else next(ids).to_bytes(n, "big")

        house = House(entropy=entropy)
        codes = {(await house.create()).code for _ in range(4)}
        assert len(codes) == 4

    async def test_a_draining_server_makes_no_rooms_but_plays_on(self) -> None:
        house = House()
        room = await house.playing()
        house.directory.drain()
        assert house.directory.is_draining
        assert code_of(await made(house, Creation(FOUR, ANN))) == "draining"
        assert isinstance(await house.drop(room, ANN, 3), Accepted)


class TestFinding:
    async def test_unknown_ids_and_codes(self) -> None:
        house = House()
        assert code_of(house.directory.find(RoomId("nothing"))) == "unknown_room"
        assert code_of(house.directory.find_code(JoinCode("ABCDEFGH"))) == "unknown_room"
        assert code_of(house.directory.events(RoomId("nothing"), Version(0), 9, None)) == "unknown_room"
        assert house.directory.archived(RoomId("nothing")) is None

    async def test_a_code_expires_with_its_room(self) -> None:
        house = House()
        room = await house.create()
        room.close("admin")
        await house.quiet()
        assert code_of(house.directory.find_code(room.code)) == "unknown_room"
        assert code_of(house.directory.find(room.room_id)) == "room_closed"

    async def test_lists(self) -> None:
        house = House(games={FOUR: House().games[FOUR], GameName("tally"): Tally()})
        waiting = await house.create()
        playing = await house.playing()
        private = await house.create(is_private=True)
        tally = await house.create(game="tally", options=b"{}")
        assert house.directory.list() == [tally, playing, waiting]
        assert house.directory.list(FOUR) == [playing, waiting]
        assert house.directory.list(status=Status.WAITING) == [tally, waiting]
        assert house.directory.list(limit=1) == [tally]
        assert house.directory.all() == [waiting, playing, private, tally]

    async def test_a_closed_room_is_still_read(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "0101010")
        room.close("admin")
        await house.quiet()
        events = house.directory.events(room.room_id, Version(0), 100, ANN)
        assert not isinstance(events, Refused)
        assert len(events) == 12
        assert [event.version for event in events if event.action_id is not None] == [5, 7, 9, 11]
        assert events[4].args == {"column": 0}
        paged = house.directory.events(room.room_id, Version(4), 2, None)
        assert not isinstance(paged, Refused)
        assert [(event.version, event.action_id) for event in paged] == [(5, None), (6, None)]
        archived = house.directory.archived(room.room_id)
        assert archived is not None
        assert (archived.players, archived.match, archived.version) == ((ANN, BEN), 1, 12)

    async def test_pages_of_a_closed_room_are_read_as_pages(self) -> None:
        class Counting(MemoryJournal):
            def read_room(self, *how: Any, **more: Any) -> Any:
                found = super().read_room(*how, **more)
                read.append(len(found))
                return found

        read: list[int] = []
        house = House(Counting())
        room = await house.playing()
        await house.drops(room, "0101010")
        room.close("admin")
        await house.quiet()
        read.clear()
        house.directory.events(room.room_id, Version(3), 2, None)
        assert read == [2]

    async def test_a_closed_room_leaves_nothing_in_memory(self) -> None:
        house = House()
        rooms = [await house.playing(options=b"{}"), await house.create(bots=1)]
        gone = [weakref.ref(room) for room in rooms]
        await join(rooms[1], ANN)
        for room in rooms:
            room.close("admin")
        await house.quiet()
        del room
        rooms.clear()
        gc.collect()
        assert [ref() for ref in gone] == [None, None]
        assert house.directory.all() == []
        assert len(house.directory._deadlines) == 0


class TestUnwantedRooms:
    async def test_a_room_that_nobody_joins_is_closed(self) -> None:
        house = House()
        room = await house.create()
        await house.pass_time(29 * 60)
        assert status_of(house, room) is Status.WAITING
        await house.pass_time(61)
        assert code_of(house.directory.find(room.room_id)) == "room_closed"
        assert house.directory.all() == []
        assert house.journal.read_room(room.key)[-1].args == '{"reason":"empty"}'

    async def test_a_closing_that_is_lost_is_tried_again(self) -> None:
        house = House()
        room = await house.create()
        house.memory.fail_when(lambda _: CommitFailure.UNAVAILABLE)
        await house.pass_time(31 * 60)
        assert status_of(house, room) is Status.WAITING
        house.memory.fail_when(lambda _: None)
        await house.pass_time(31 * 60)
        assert code_of(house.directory.find(room.room_id)) == "room_closed"

    async def test_not_while_somebody_is_there(self) -> None:
        house = House()
        room = await house.create()
        room.presence.attach(SocketId("s1"), ANN, None, "websocket")
        await house.pass_time(40 * 60)
        assert status_of(house, room) is Status.WAITING
        room.presence.detach(SocketId("s1"))
        await house.pass_time(29 * 60)
        assert status_of(house, room) is Status.WAITING
        await house.pass_time(2 * 60)
        assert code_of(house.directory.find(room.room_id)) == "room_closed"

    async def test_a_running_match_is_kept_for_days(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=0, playing_unjoined_ms=7_200_000))
        room = await house.playing()
        await house.pass_time(2 * 60 * 60 - 60)
        assert status_of(house, room) is Status.PLAYING
        await house.pass_time(120)
        assert code_of(house.directory.find(room.room_id)) == "room_closed"

    async def test_a_match_is_over_after_which_nobody_comes(self) -> None:
        house = House()
        room = await house.playing()
        assert status_of(house, room) is Status.PLAYING
        await house.drops(room, "0101010")
        await house.pass_time(29 * 60)
        assert status_of(house, room) is Status.FINISHED
        await house.pass_time(2 * 60)
        assert code_of(house.directory.find(room.room_id)) == "room_closed"


class TestTime:
    async def test_there_is_always_a_next_deadline_within_a_second(self) -> None:
        house = House()
        now = house.clock.monotonic_us()
        assert house.directory.next_deadline_us() == now + 1_000_000
        room = await house.playing(options=b'{"clock_ms":1000,"increment_ms":0}')
        assert house.directory.next_deadline_us() == now + 1_000_000
        house.clock.advance(400_000)
        assert house.directory.next_deadline_us() == now + 1_000_000
        house.clock.advance(600_000)
        house.directory.tick()
        await house.quiet()
        assert room.status is Status.FINISHED


class TestRecovering:
    async def test_every_unfinished_room_is_as_it_was(self) -> None:
        house = House()
        rooms = [await house.create(), await house.playing(), await house.playing(), await house.playing()]
        await house.drops(rooms[1], "0101")
        await house.drops(rooms[2], "0101010")
        await rematch(rooms[2], ANN)
        rooms[3].close("admin")
        await house.quiet()
        later = house.restarted()
        assert len(later.directory.all()) == 3
        for room in rooms[:3]:
            found = later.directory.find(room.room_id)
            assert isinstance(found, Room)
            assert found.view(None).json == room.view(None).json
            assert (found.version, found.status, found.match, found.players, found.epoch, found.code) == (
                room.version,
                room.status,
                room.match,
                room.players,
                room.epoch,
                room.code,
            )
            assert later.directory.find_code(room.code) is found
        again = later.directory.find(rooms[2].room_id)
        assert isinstance(again, Room)
        assert [seat.wants_rematch for seat in again.presence.seats()] == [True, False]
        await rematch(again, BEN)
        assert again.match == 2

    async def test_a_match_that_a_draining_server_did_not_start_starts_then(self) -> None:
        house = House()
        room = await house.create()
        await join(room, ANN)
        house.directory.drain()
        await join(room, BEN)
        assert room.status is Status.WAITING
        later = house.restarted()
        await later.quiet()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        assert found.status is Status.PLAYING

    async def test_other_rules_refuse_that_room_alone(self) -> None:
        both = {FOUR: House().games[FOUR], GameName("tally"): Tally()}
        house = House(games=both)
        four = await house.playing()
        tally = await house.playing(game="tally", options=b"{}")
        later = house.restarted(games={**both, GameName("tally"): NewTally()})
        assert isinstance(later.directory.find(four.room_id), Room)
        assert code_of(later.directory.find(tally.room_id)) == "rules_changed"
        events = later.directory.events(tally.room_id, Version(0), 100, None)
        assert not isinstance(events, Refused)
        assert len(events) == 4
        gone = house.restarted(games={FOUR: both[FOUR]})
        assert code_of(gone.directory.find(tally.room_id)) == "unknown_game"

    async def test_a_history_that_does_not_fold_refuses_that_room_alone(self) -> None:
        class Forgetful(MemoryJournal):
            def read_room(self, room: Any, *how: Any, **more: Any) -> Any:
                return [
                    event
                    for event in super().read_room(room, *how, **more)
                    if event.version != lost.get(room)
                ]

        lost: dict[int, int] = {}
        house = House(Forgetful())
        good, bad = await house.playing(), await house.playing()
        await house.drops(bad, "010")
        lost[bad.key] = 6
        later = house.restarted()
        assert isinstance(later.directory.find(good.room_id), Room)
        assert code_of(later.directory.find(bad.room_id)) == "room_faulted"

    @pytest.mark.parametrize("seed", range(12))
    async def test_random_matches_come_back_byte_by_byte(self, seed: int) -> None:
        rng = random.Random(seed)
        house = House(config=RoomsConfig(pause_limit_ms=0, snapshot_every=rng.choice([2, 5, 1000])))
        room = await house.playing(options=rng.choice([UNTIMED, b"{}"]))
        for number in range(rng.randrange(60)):
            house.clock.advance(rng.randrange(5_000_000))
            if room.status is Status.FINISHED:
                await rematch(room, ANN)
                await rematch(room, BEN)
            player = rng.choice([ANN, BEN])
            await house.drop(room, player, rng.randrange(7), action_id=f"random-{seed:03}-{number:05}")
        await house.quiet()
        found = house.restarted().directory.find(room.room_id)
        assert isinstance(found, Room)
        for viewer in (None, Seat(0), Seat(1)):
            assert found.view(viewer).json == room.view(viewer).json
        assert (found.version, found.match, found.status) == (room.version, room.match, room.status)

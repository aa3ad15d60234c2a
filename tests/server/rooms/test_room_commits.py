"""Nothing is told before it is stored, and what could not be stored never was."""

import asyncio
from functools import partial
from typing import Any

import pytest

from kibitz.ids import Seat, Version
from kibitz.journal.groups import Append
from kibitz.journal.journal import CommitFailure, Settled
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event
from kibitz.rooms.answers import Accepted, JoinAs, Refused, Seated
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.views.views import Held
from support.room_house import ANN, BEN, EVE, House, act, join
from support.tally_room import WIN_FOR_ANN, code_of, sent, tally_house


class TestCommitThenTell:
    async def test_nothing_uncommitted_is_visible_by_any_way_out(self) -> None:
        house = House()
        room = await house.playing()
        before = (room.view(None).json, room.version, room.last_event_us)
        house.memory.hold()
        house.clock.advance(1_000_000)
        answers: list[object] = []
        house.told.log.clear()
        room.act(ANN, house.sent(room, 3), answers.append)
        room.act(BEN, house.sent(room, 4, base=5), answers.append)
        room.leave(ANN, answers.append)
        room.join(EVE, JoinAs.SPECTATOR, None, None, answers.append)
        await house.quiet()

        assert isinstance(answers.pop(), Seated)  # Eve watches, and sees what is committed
        assert answers == []
        assert house.told.log == []
        assert (room.view(None).json, room.version, room.last_event_us) == before
        assert room.status is Status.PLAYING
        assert room.players == (ANN, BEN)
        assert room.seat_of(ANN) == 0
        for viewer in (None, Seat(0), Seat(1)):
            caught = room.catch_up(viewer, None)
            assert (caught.version, bytes(caught.view or b"")) == (4, before[0])
            assert room.catch_up(viewer, Held(room.epoch, 4, caught.checksum)).mode == "current"
        assert len(room.events_after(Version(0), 100, None, ANN)) == 4
        assert len(house.directory.events(room.room_id, Version(0), 100, ANN)) == 4  # type: ignore[arg-type]
        assert [seat.player for seat in room.presence.seats()] == [ANN, BEN]
        archived = house.directory.archived(room.room_id)
        assert archived is not None
        assert archived.version == 4

        house.memory.release()
        await house.quiet()
        assert len(answers) == 3
        assert room.version == 8
        assert room.players == (None, BEN)

    async def test_a_room_is_not_found_before_its_creation_is_committed(self) -> None:
        house = House()
        house.memory.hold()
        made: list[Any] = []
        task = asyncio.create_task(house.create())
        await house.quiet()
        assert house.directory.all() == []
        house.memory.release()
        made.append(await task)
        assert house.directory.find(made[0].room_id) is made[0]

    async def test_validation_reads_what_is_applied(self) -> None:
        house = House()
        room = await house.playing()
        house.memory.hold()
        answers: list[object] = []
        room.act(ANN, house.sent(room, 3), lambda _: None)
        room.act(ANN, house.sent(room, 3), answers.append)
        assert code_of(answers[0]) == "not_your_turn"
        assert isinstance(answers[0], Refused)
        assert answers[0].version == 4  # what is said is what is committed
        house.memory.release()
        await house.quiet()

    async def test_too_many_acts_waiting_make_the_room_busy(self) -> None:
        house = tally_house(config=RoomsConfig(acts_waiting_most=3, pause_limit_ms=0))
        room = await house.playing(game="tally", options=b"{}")
        house.memory.hold()
        answers: list[object] = []
        for number in range(4):
            room.act(ANN, sent(room, "add", {"n": 1}, f"id-{number:013}", 4), answers.append)
        assert [code_of(answer) for answer in answers] == ["room_busy"]
        assert isinstance(answers[0], Refused)
        assert answers[0].retry_ms
        house.memory.release()
        await house.quiet()
        assert len(answers) == 4


class TestFailedCommits:
    @pytest.mark.parametrize("failure", [CommitFailure.UNAVAILABLE, CommitFailure.CONFLICT])
    async def test_waiting_acts_are_told_and_the_room_goes_on(self, failure: CommitFailure) -> None:
        house = House()
        room = await house.playing()
        house.memory.fail_when(lambda _: failure)
        answers: list[object] = []
        first, second = house.sent(room, 3), house.sent(room, 4, base=5)
        house.told.log.clear()
        room.act(ANN, first, answers.append)
        room.act(BEN, second, answers.append)
        await house.quiet()
        assert [code_of(answer) for answer in answers] == ["unavailable"] * 2
        assert house.told.words() == ["reloaded"]
        assert room.version == 4

        house.memory.fail_when(lambda _: None)
        assert await act(room, ANN, first) == Accepted(Version(5))
        assert await act(room, BEN, second) == Accepted(Version(6))
        assert [event.version for event in house.journal.read_room(room.key)] == [1, 2, 3, 4, 5, 6]

    async def test_what_was_built_on_a_lost_event_is_lost_with_it(self) -> None:
        house = House()
        room = await house.playing()
        answers: list[object] = []
        judged: list[int] = []

        def judge(append: Append) -> CommitFailure | None:
            judged.append(append.event.version)
            return CommitFailure.UNAVAILABLE if len(judged) == 1 else None

        house.memory.fail_when(judge)
        room.act(ANN, house.sent(room, 3), answers.append)
        await asyncio.sleep(0)  # the first is on its way to the disk; the second is built on it
        room.act(BEN, house.sent(room, 4, base=5), answers.append)
        await house.quiet()
        assert [code_of(answer) for answer in answers] == ["unavailable"] * 2
        assert room.version == 4
        await house.drops(room, WIN_FOR_ANN)
        assert room.status is Status.FINISHED
        versions = [event.version for event in house.journal.read_room(room.key)]
        assert versions == list(range(1, 12))

    async def test_a_journal_that_stores_what_was_built_on_a_loss_is_believed(self) -> None:
        class Unfenced(MemoryJournal):
            """Tells the room of a failure, and stores the event all the same."""

            def append(self, event: Event, settled: Settled) -> None:
                def lie(failure: CommitFailure | None) -> None:
                    settled(CommitFailure.UNAVAILABLE if event.version == lied_about else failure)

                super().append(event, lie)

        lied_about = 5
        house = House(Unfenced())
        room = await house.playing()
        answers: list[object] = []
        room.act(ANN, house.sent(room, 3), answers.append)
        room.act(BEN, house.sent(room, 4, base=5), answers.append)
        await house.quiet()
        assert [code_of(answer) for answer in answers] == ["unavailable"] * 2
        # What is stored counts: the room shows both moves, and goes on after them.
        assert room.version == 6
        assert "reloaded" in house.told.words()
        assert isinstance(await house.drop(room, ANN, 0), Accepted)

    async def test_a_flag_whose_fall_is_lost_falls_later_and_is_not_tried_all_the_time(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000}')
        tried: list[int] = []

        def judge(append: Append) -> CommitFailure | None:
            tried.append(append.event.version)
            return CommitFailure.UNAVAILABLE

        house.memory.fail_when(judge)
        await house.pass_time(60)
        for _ in range(20):  # the application's timer, as often as it is told to come
            house.clock.advance(max(0, house.directory.next_deadline_us() - house.clock.monotonic_us()))
            house.clock.advance(1_000)
            house.directory.tick()
            await house.quiet()
        assert room.status is Status.PLAYING
        assert 15 <= len(tried) <= 22
        assert house.clock.monotonic_us() >= 75_000_000
        house.memory.fail_when(lambda _: None)
        await house.pass_time(2)
        assert room.status is Status.FINISHED

    async def test_a_failed_join_leaves_the_seat_free(self) -> None:
        house = House()
        room = await house.create()
        house.memory.fail_when(lambda _: CommitFailure.UNAVAILABLE)
        assert code_of(await join(room, ANN)) == "unavailable"
        house.memory.fail_when(lambda _: None)
        assert isinstance(await join(room, BEN), Seated)
        assert room.players == (BEN, None)

    async def test_a_failed_close_leaves_the_room_open(self) -> None:
        house = House()
        room = await house.playing()
        house.memory.fail_when(lambda _: CommitFailure.UNAVAILABLE)
        room.close("admin")
        await house.quiet()
        house.memory.fail_when(lambda _: None)
        assert room.status is Status.PLAYING
        assert isinstance(await house.drop(room, ANN, 3), Accepted)


async def test_a_listener_that_fails_harms_no_room(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    room = await house.playing()

    def fail(*_: object) -> None:
        raise RuntimeError("a listener's own fault")

    house.told.committed = fail  # type: ignore[method-assign]
    assert isinstance(await house.drop(room, ANN, 3), Accepted)
    assert isinstance(await house.drop(room, BEN, 3), Accepted)
    assert room.status is Status.PLAYING
    assert "its listener failed" in caplog.text


async def test_an_answer_that_fails_keeps_nobody_else_waiting(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    room = await house.playing()
    answers: list[object] = []

    def fail(_: object) -> None:
        raise RuntimeError("a connection's own fault")

    room.act(ANN, house.sent(room, 3), fail)
    room.act(BEN, house.sent(room, 3, base=5), partial(answers.append))
    await house.quiet()
    assert answers == [Accepted(Version(6))]
    assert "an answer could not be given" in caplog.text

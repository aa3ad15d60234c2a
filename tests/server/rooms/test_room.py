"""A room as its users see it: acts, answers, what is visible when, clocks, rematches, faults."""

import asyncio
import json
from functools import partial
from typing import Any

import msgspec
import pytest

from kibitz.ids import GameName, Seat, SocketId, Version
from kibitz.journal.groups import Append
from kibitz.journal.journal import CommitFailure, Settled
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.answers import Accepted, JoinAs, Left, Refused, Seated
from kibitz.rooms.config import RoomsConfig
from kibitz.rooms.conflicts import Conflict, ConflictType, Resolution
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.views import Held
from kibitz.rules import Outcome
from kibitz.sync.canonical import encode
from support.room_house import ANN, BEN, EVE, House, Sent, act, join, leave, rematch
from support.toy_games import Hands, Tally

WIN_FOR_ANN = "0101010"
TALLY = GameName("tally")


def tally_house(**how: Any) -> House:
    return House(games={TALLY: Tally()}, **how)


def sent(room: Room, action: str, args: dict[str, Any], action_id: str, base: int | None = None) -> Sent:
    base = room.version if base is None else base
    return Sent(room.epoch, action_id, base, action, msgspec.Raw(msgspec.json.encode(args)))


def kinds(house: House, room: Room) -> list[str]:
    return [event.kind.value for event in house.journal.read_room(room.key)]


def code_of(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


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


class TestActing:
    async def test_an_action_is_answered_when_it_is_committed(self) -> None:
        house = House()
        room = await house.playing()
        assert await house.drop(room, ANN, 3) == Accepted(Version(5))
        assert room.version == 5
        assert house.told.log[-1] == ("committed", room.room_id, (4, 5))
        patch = house.told.patches[-1]
        assert (patch.base, patch.version, patch.checksum) == (4, 5, room.view(None).checksum)
        assert json.loads(bytes(patch.events)) == [
            {
                "epoch": room.epoch,
                "version": 5,
                "at_us": room.last_event_us,
                "kind": "action",
                "seat": 0,
                "type": "drop",
                "args": {"column": 3},
                "action_id": None,
            }
        ]

    async def test_the_answer_comes_before_the_listener_and_in_the_same_turn(self) -> None:
        house = House()
        room = await house.playing()
        order: list[str] = []
        house.told.log.clear()
        room.act(ANN, house.sent(room, 3), lambda answer: order.extend(["answer", *house.told.words()]))
        await house.quiet()
        assert order == ["answer"]
        assert house.told.words() == ["committed"]

    async def test_several_commits_of_one_turn_are_told_once(self) -> None:
        house = House()
        room = await house.playing()
        house.told.log.clear()
        answers: list[object] = []
        for number, player in enumerate((ANN, BEN, ANN)):
            room.act(player, house.sent(room, 3, base=4 + number), answers.append)
        await house.quiet()
        assert [answer.version for answer in answers if isinstance(answer, Accepted)] == [5, 6, 7]
        assert house.told.log == [("committed", room.room_id, (4, 7))]
        assert len(json.loads(bytes(house.told.patches[-1].events))) == 3

    @pytest.mark.parametrize(
        ("player", "changed", "code"),
        [
            (BEN, {}, "not_your_turn"),
            (EVE, {}, "not_seated"),
            (ANN, {"epoch": "other"}, "epoch_changed"),
            (ANN, {"type": "castle"}, "unknown_action"),
            (ANN, {"args": msgspec.Raw(b'{"column":7}')}, "bad_args"),
            (ANN, {"args": msgspec.Raw(b'{"column":"3"}')}, "bad_args"),
            (ANN, {"args": msgspec.Raw(b'{"column":3,"seat":1}')}, "bad_args"),
            (ANN, {"args": msgspec.Raw(b"{")}, "bad_args"),
            (ANN, {"args": msgspec.Raw(b"[1]")}, "bad_args"),
            (ANN, {"base": 99}, "stale"),
        ],
    )
    async def test_a_refusal_has_a_code_and_no_effect(
        self, player: Any, changed: dict[str, Any], code: str
    ) -> None:
        house = House()
        room = await house.playing()
        before = room.view(None).json
        answer = await act(room, player, msgspec.structs.replace(house.sent(room, 3), **changed))
        assert code_of(answer) == code
        await house.quiet()
        assert room.version == 4
        assert room.view(None).json == before
        assert len(house.journal.read_room(room.key)) == 4

    async def test_a_games_own_refusal_has_its_own_code(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "333333")
        answer = await house.drop(room, ANN, 3)
        assert isinstance(answer, Refused)
        assert (answer.code, answer.message, answer.version) == (
            "game:column_full",
            "Column 4 is full.",
            10,
        )

    async def test_before_and_after_the_match_the_phase_is_wrong(self) -> None:
        house = House()
        room = await house.create()
        await join(room, ANN)
        assert code_of(await house.drop(room, ANN, 3)) == "wrong_phase"
        await join(room, BEN)
        await house.drops(room, WIN_FOR_ANN)
        assert code_of(await house.drop(room, BEN, 3)) == "wrong_phase"

    async def test_rows_hold_what_the_analytics_need(self) -> None:
        house = House()
        room = await house.playing(options=b"{}")
        house.clock.advance(2_500_000)
        await house.drops(room, WIN_FOR_ANN)
        rows = house.journal.read_room(room.key)
        assert rows[3].kind is EventKind.STARTED
        assert json.loads(rows[3].args)["players"] == [ANN, BEN]
        assert (rows[3].phase_from, rows[3].phase_to, rows[3].match) == (None, "playing", 1)
        assert rows[4].spent_ms == 2_500
        assert rows[5].spent_ms == 0
        assert rows[4].args == '{"column":0}'
        assert rows[4].outcome is None
        assert (rows[-1].phase_from, rows[-1].phase_to) == ("playing", "finished")
        outcome = json.loads(rows[-1].outcome or "")
        assert (outcome["winner"], outcome["reason"], len(outcome["line"])) == (0, "line", 4)


class TestIdempotence:
    async def test_the_same_action_again_gets_the_same_answer_and_is_done_once(self) -> None:
        house = House()
        room = await house.playing()
        message = house.sent(room, 3)
        first = await act(room, ANN, message)
        await house.drop(room, BEN, 3)
        again = await act(room, ANN, message)
        assert first == again == Accepted(Version(5))
        assert room.version == 6

    async def test_while_it_is_pending_the_second_answer_waits_too(self) -> None:
        house = House()
        room = await house.playing()
        house.memory.hold()
        answers: list[object] = []
        message = house.sent(room, 3)
        room.act(ANN, message, answers.append)
        room.act(ANN, message, answers.append)
        await house.quiet()
        assert answers == []
        house.memory.release()
        await house.quiet()
        assert answers == [Accepted(Version(5))] * 2

    async def test_other_content_under_the_same_id_is_refused(self) -> None:
        house = House()
        room = await house.playing()
        message = house.sent(room, 3)
        await act(room, ANN, message)
        for changed in ({"args": msgspec.Raw(b'{"column":4}')}, {"type": "resign"}, {"type": "castle"}):
            answer = await act(room, ANN, msgspec.structs.replace(message, **changed))
            assert code_of(answer) == "id_reused"
        spaced = msgspec.structs.replace(message, args=msgspec.Raw(b'{ "column" : 3 }'))
        assert await act(room, ANN, spaced) == Accepted(Version(5))

    async def test_ids_are_each_players_own(self) -> None:
        house = House()
        room = await house.playing()
        await act(room, ANN, house.sent(room, 3, action_id="the-same-id-0000"))
        answer = await act(room, BEN, house.sent(room, 3, action_id="the-same-id-0000"))
        assert answer == Accepted(Version(6))

    async def test_a_refused_action_is_judged_anew(self) -> None:
        house = House()
        room = await house.playing()
        message = house.sent(room, 3)
        assert code_of(await act(room, BEN, message)) == "not_your_turn"
        await house.drop(room, ANN, 2)
        assert isinstance(await act(room, BEN, message), Accepted)

    async def test_it_holds_after_a_restart_from_a_recovery_point(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=0, snapshot_every=3))
        room = await house.playing()
        message = house.sent(room, 3)
        await act(room, ANN, message)
        await house.drop(room, BEN, 3)
        await house.quiet()
        later = house.restarted()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        assert await act(found, ANN, message) == Accepted(Version(5))
        assert found.version == 6


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


class TestStaleActions:
    async def test_rebase_accepts_what_is_still_legal_and_records_the_conflict(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "33")
        answer = await house.drop(room, ANN, 2, base=5)
        assert answer == Accepted(
            Version(7), Conflict(Version(5), Version(6), ConflictType.MERGE, Resolution.MERGE)
        )

    async def test_rebase_refuses_what_is_not_and_says_who_won(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "3")
        answer = await house.drop(room, ANN, 3, base=4)
        assert isinstance(answer, Refused)
        assert answer.code == "not_your_turn"
        assert answer.conflict == Conflict(Version(4), Version(5), ConflictType.OVERRIDE, Resolution.SERVER)

    async def test_reject_and_commute(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        await act(room, ANN, sent(room, "add", {"n": 1}, "id-0000000000001"))
        rejected = await act(room, BEN, sent(room, "bid", {"n": 1}, "id-0000000000002", base=4))
        assert code_of(rejected) == "stale"
        assert isinstance(rejected, Refused)
        assert rejected.conflict == Conflict(Version(4), Version(5), ConflictType.OVERRIDE, Resolution.SERVER)
        added = await act(room, BEN, sent(room, "add", {"n": 1}, "id-0000000000003", base=4))
        assert added == Accepted(
            Version(6), Conflict(Version(4), Version(5), ConflictType.MERGE, Resolution.CLIENT)
        )


class TestClocks:
    async def test_a_move_costs_its_time_and_earns_the_increment(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":1000}')
        assert room.view(None).value["clock"] == {"remaining_ms": [60000, 60000], "running": 0}
        house.clock.advance(10_000_000)
        assert room.clock_elapsed_ms == 10_000
        await house.drop(room, ANN, 3)
        assert room.view(None).value["clock"] == {"remaining_ms": [51000, 60000], "running": 1}
        assert room.clock_elapsed_ms == 0

    async def test_the_flag_falls_though_nobody_is_there(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000}')
        assert room.presence.is_empty
        await house.pass_time(59)
        assert room.status is Status.PLAYING
        await house.pass_time(2)
        assert room.status is Status.FINISHED
        assert room.view(None).value["outcome"] == {"winner": 1, "line": None, "reason": "timeout"}
        assert room.view(None).value["clock"] == {"remaining_ms": [0, 60000], "running": None}
        row = house.journal.read_room(room.key)[-1]
        assert (row.kind, row.seat, row.player_id, row.spent_ms) == ("timeout", 0, ANN, 60000)

    async def test_a_move_after_the_flag_fell_is_too_late_even_before_the_timer_ran(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000}')
        house.clock.advance(60_000_000)
        assert code_of(await house.drop(room, ANN, 3)) == "wrong_phase"
        await house.quiet()
        assert room.status is Status.FINISHED

    async def test_downtime_counts_against_nobody(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        house.clock.advance(20_000_000)
        await house.drop(room, ANN, 3)
        house.clock.advance(30_000_000)  # Ben thinks, then the server dies
        house.clock.advance(600_000_000)
        later = house.restarted()
        found = later.directory.find(room.room_id)
        assert isinstance(found, Room)
        assert found.view(None).value["clock"] == {"remaining_ms": [40000, 60000], "running": 1}
        assert found.clock_elapsed_ms == 0
        await later.pass_time(59)
        assert found.status is Status.PLAYING
        await later.pass_time(1)
        assert found.status is Status.FINISHED

    async def test_wall_clock_jumps_change_nothing(self) -> None:
        house = House()
        room = await house.playing(options=b'{"clock_ms":60000,"increment_ms":0}')
        house.clock.jump(3_600_000_000)
        house.clock.advance(1_000_000)
        await house.drop(room, ANN, 3)
        house.clock.jump(-7_200_000_000)
        await house.pass_time(1)
        assert room.status is Status.PLAYING
        assert room.view(None).value["clock"] == {"remaining_ms": [59000, 60000], "running": 1}

    async def test_a_stopped_process_fells_no_flag(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=3_000))
        room = await house.playing(options=b'{"clock_ms":30000,"increment_ms":0}')
        await house.pass_time(5)
        house.clock.advance(60_000_000)  # SIGSTOP for a minute
        assert isinstance(await house.drop(room, ANN, 3), Accepted)
        clock: Any = room.view(None).value["clock"]
        assert clock["remaining_ms"][0] == 30_000 - 5_000 - 3_000

    async def test_without_a_clock_nothing_falls(self) -> None:
        house = House()
        room = await house.playing()
        assert room.view(None).value["clock"] is None
        await house.pass_time(100)
        assert room.status is Status.PLAYING
        assert room.clock_elapsed_ms == 0


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
        other.guarded(lambda: 1 // 0)  # type: ignore[arg-type, return-value]
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


class TestWhatEachMaySee:
    async def test_a_hand_is_shown_to_its_seat_alone(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        hands = [room.view(Seat(seat)).value["mine"] for seat in range(2)]
        assert room.view(None).value["mine"] is None
        assert room.viewer_class(None) != room.viewer_class(Seat(0)) != room.viewer_class(Seat(1))
        for viewer in (None, Seat(0), Seat(1)):
            caught = room.catch_up(viewer, None)
            assert json.loads(bytes(caught.view or b""))["mine"] == (
                None if viewer is None else hands[viewer]
            )

    async def test_arguments_are_hidden_unless_the_game_shows_them(self) -> None:
        house = tally_house()
        room = await house.playing(game="tally", options=b"{}")
        await act(room, ANN, sent(room, "bid", {"n": 2}, "id-0000000000001"))
        shown = {
            viewer: room.events_after(Version(4), 10, viewer, None)[0] for viewer in (None, Seat(0), Seat(1))
        }
        assert (shown[Seat(0)].type, shown[Seat(0)].args) == ("bid", {"n": 2})
        assert (shown[Seat(1)].type, shown[Seat(1)].args) == (None, None)
        assert (shown[None].type, shown[None].args) == (None, None)

    async def test_the_seed_of_a_match_is_shown_to_nobody(self) -> None:
        house = House()
        room = await house.playing()
        seed = json.loads(house.journal.read_room(room.key)[3].args)["seed"]
        for player in (None, ANN):
            events = room.events_after(Version(0), 100, Seat(0), player)
            assert seed not in msgspec.json.encode(events).decode()
            assert events[3].args is None

    async def test_only_the_actor_reads_the_id_of_an_action(self) -> None:
        house = House()
        room = await house.playing()
        await house.drop(room, ANN, 3, action_id="my-own-action-id")
        ids = [room.events_after(Version(4), 9, None, player)[0].action_id for player in (ANN, BEN, None)]
        assert ids == ["my-own-action-id", None, None]

    async def test_pages_of_history(self) -> None:
        house = House()
        room = await house.playing()
        await house.drops(room, "012")
        assert [event.version for event in room.events_after(Version(0), 3, None, None)] == [1, 2, 3]
        assert [event.version for event in room.events_after(Version(5), 10, None, None)] == [6, 7]
        assert room.events_after(Version(7), 10, None, None) == []


class TestCatchUp:
    async def test_current_patches_or_snapshot(self) -> None:
        house = House(config=RoomsConfig(pause_limit_ms=0, patches_kept=4))
        room = await house.playing()
        held = Held(room.epoch, 4, room.view(None).checksum)
        assert room.catch_up(None, held).mode == "current"
        await house.drops(room, "012")
        caught = room.catch_up(None, held)
        assert caught.mode == "patches"
        (patch,) = caught.patches
        assert (patch.base, patch.version, patch.checksum) == (4, 7, room.view(None).checksum)
        assert [event["version"] for event in json.loads(bytes(patch.events))] == [5, 6, 7]
        await house.drop(room, BEN, 3)
        assert room.catch_up(None, held).mode == "snapshot"  # too long ago

    @pytest.mark.parametrize(
        "changed", [{"epoch": "other"}, {"version": 99}, {"version": 0}, {"checksum": 1}], ids=str
    )
    async def test_whatever_does_not_fit_gets_a_snapshot(self, changed: dict[str, Any]) -> None:
        house = House()
        room = await house.playing()
        old = Held(room.epoch, 4, room.view(None).checksum)
        await house.drop(room, ANN, 3)
        now = Held(room.epoch, 5, room.view(None).checksum)
        for held in (old, now):
            caught = room.catch_up(None, msgspec.structs.replace(held, **changed))
            assert caught.mode == "snapshot"
            assert encode(json.loads(bytes(caught.view or b""))) == room.view(None).json

    async def test_it_works_in_a_quiet_room_after_a_restart(self) -> None:
        house = House()
        room = await house.playing()
        held = Held(room.epoch, 4, room.view(None).checksum)
        await house.drop(room, ANN, 3)
        found = house.restarted().directory.find(room.room_id)
        assert isinstance(found, Room)
        assert found.catch_up(None, held).mode == "patches"
        assert found.catch_up(None, Held(room.epoch, 5, found.view(None).checksum)).mode == "current"


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

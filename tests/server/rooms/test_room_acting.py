"""Actions: judged, answered once and again, late ones by their policy."""

import json
from typing import Any

import msgspec
import pytest

from kibitz.ids import Version
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.conflicts import Conflict, ConflictType, Resolution
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ANN, BEN, EVE, House, act, join
from support.tally_room import WIN_FOR_ANN, code_of, sent, tally_house


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

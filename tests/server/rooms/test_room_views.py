"""What each may see, and what a returning client is sent."""

import json
from typing import Any

import msgspec
import pytest

from kibitz.ids import Seat, Version
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rooms.views.views import Held
from kibitz.sync.canonical import encode
from support.room_house import ANN, BEN, House, act
from support.tally_room import sent, tally_house


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

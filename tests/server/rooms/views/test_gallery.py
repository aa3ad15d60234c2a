"""Spectators of a room with a delay: nothing newer than it, everything at last, over rests and restarts."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from kibitz.codes import Code
from kibitz.ids import GameName, PlayerId, Version
from kibitz.journal.records import Event
from kibitz.rooms.answers import JoinAs, Refused, Seated
from kibitz.rooms.directory.creation import Creation
from kibitz.rooms.fold.forks import ForkWishes
from kibitz.rooms.room import Room
from kibitz.rooms.views import gallery as gallery_module
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import SPECTATORS, Held
from kibitz.sync.canonical import encode
from kibitz.sync.checksum import checksum_of
from kibitz.sync.patch import Op, apply
from support.room_house import ANN, BEN, EVE, House, asked, join

DELAY_MS = 60_000


@dataclass
class Shown:
    """A `GalleryListener` that keeps what spectators were told, as (time, base, version, discs)."""

    house: House | None = None
    told: list[tuple[int, int, int]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    def released(self, room: Room, update: Update) -> None:
        assert self.house is not None
        self.told.append((self.house.clock.now_us(), update.base, update.version))
        self.whole.append(update.needs_snapshot())


def discs(view: Any) -> int:
    return sum(cell is not None for row in view["board"] for cell in row)


async def delayed(**how: Any) -> tuple[House, Shown, Room]:
    shown = Shown()
    house = House(gallery=shown, **how)
    shown.house = house
    return house, shown, await house.playing(spectator_delay_ms=DELAY_MS)


async def test_spectators_see_nothing_until_it_is_old_enough() -> None:
    house, shown, room = await delayed()
    begun = room.version
    await house.drops(room, "33")
    assert discs(room.view(None).value) == 0
    assert room.view(None).value["phase"] == "waiting"
    assert discs(room.view(room.seat_of(ANN)).value) == 2
    assert room.standing(None)[1] == 1
    await house.pass_time(59)
    assert shown.told == []
    assert room.view(None).value["phase"] == "waiting"
    await house.pass_time(2)
    assert [each[1:] for each in shown.told] == [(1, begun + 2)]
    assert room.view(None).value == room.view(room.seat_of(ANN)).value
    assert not room.is_behind


async def test_each_move_comes_when_it_is_as_old_as_the_delay_and_no_later_than_a_beat() -> None:
    house, shown, room = await delayed()
    committed = {}
    for number in range(6):
        answer = await house.drop(room, (ANN, BEN)[number % 2], number)
        assert not isinstance(answer, Refused)
        committed[answer.version] = house.clock.now_us()
        await house.pass_time(7)
    await house.pass_time(80)
    for at_us, base, version in shown.told:
        for each in range(base + 1, version + 1):
            if each in committed:
                assert DELAY_MS * 1000 <= at_us - committed[Version(each)] <= DELAY_MS * 1000 + 1_000_000
    assert shown.told[-1][2] == room.version


async def test_the_answers_to_joins_and_resyncs_are_as_old() -> None:
    house, _, room = await delayed()
    await house.drops(room, "3")
    joined = await join(room, EVE, JoinAs.SPECTATOR)
    assert isinstance(joined, Seated)
    assert (joined.catch_up.version, joined.catch_up.status, joined.catch_up.match) == (1, "waiting", 0)
    # Who held something newer, as a player who was kicked, is not led on from there.
    caught = room.catch_up(None, Held(room.epoch, room.version))
    assert (caught.mode, caught.version) == ("snapshot", 1)
    await house.pass_time(61)
    now = room.catch_up(None, None)
    assert (now.mode, now.version) == ("snapshot", room.version)


async def test_a_spectator_who_returns_gets_a_patch_whose_clock_is_told_as_of_then() -> None:
    house, _, room = await delayed(is_watched=lambda room: True)
    await house.pass_time(61)
    held = Held(*room.standing(None))
    before = room.view(None).value
    await house.drops(room, "3")
    stamped_ms = room.last_event_us // 1000
    await house.pass_time(61)
    caught = room.catch_up(None, held)
    assert caught.mode == "patches"
    (patch,) = caught.patches
    assert patch.at_ms == stamped_ms + DELAY_MS
    view = apply(before, [Op(**each) for each in msgspec.json.decode(bytes(patch.ops))])
    assert checksum_of(encode(view)) == patch.checksum


async def test_players_and_spectators_of_a_room_without_a_delay_share_their_bytes() -> None:
    house = House()
    room = await house.playing()
    assert room.viewer_class(None) == room.viewer_class(room.seat_of(ANN)) != SPECTATORS
    assert not room.is_delayed


async def test_a_restart_shows_nothing_that_is_too_new() -> None:
    house, _, room = await delayed()
    await house.drops(room, "33")
    shown = Shown()
    again = house.restarted(gallery=shown)
    shown.house = again
    found = again.directory.find(room.room_id)
    assert isinstance(found, Room)
    assert (found.standing(None)[1], found.view(None).value["phase"]) == (1, "waiting")
    await again.pass_time(59)
    assert shown.told == []
    await again.pass_time(4)
    assert found.standing(None)[1] == found.version
    assert discs(found.view(None).value) == 2


async def test_a_restart_in_the_middle_shows_what_was_old_enough() -> None:
    house, _, room = await delayed()
    await house.drops(room, "3")
    first = room.version
    await house.pass_time(40)
    answer = await house.drop(room, BEN, 4)
    assert not isinstance(answer, Refused)
    await house.pass_time(30)
    again = house.restarted()
    found = again.directory.find(room.room_id)
    assert isinstance(found, Room)
    assert found.standing(None)[1] == first
    await again.pass_time(40)
    assert found.standing(None)[1] == first + 1


async def test_a_room_that_is_behind_is_not_put_aside() -> None:
    house, shown, room = await delayed()
    await house.drops(room, "3")
    rests = [room.is_at_rest]
    await house.pass_time(62)
    rests.append(room.is_at_rest)
    assert rests == [False, True]
    assert shown.told[-1][2] == room.version


async def test_a_closed_room_is_shown_to_its_end_and_closed_then() -> None:
    house, shown, room = await delayed()
    await house.drops(room, "3")
    await asked(partial(room.close, "admin"))
    await house.quiet()
    assert house.told.words().count("closed") == 1
    assert room.is_behind
    assert list(house.directory.list()) == []
    assert house.directory.find(room.room_id) is room
    await house.pass_time(62)
    assert shown.told[-1][2] == room.version
    assert house.told.words().count("closed") == 2
    gone = house.directory.find(room.room_id)
    assert isinstance(gone, Refused)
    assert gone.code == Code.ROOM_CLOSED


async def test_rewound_moves_are_shown_and_taken_back_in_their_time() -> None:
    house, shown, room = await delayed()
    begun = room.version
    await house.drops(room, "3")
    await house.pass_time(30)
    await asked(partial(room.rewind, begun))
    old = room.standing(None)[0]
    await house.pass_time(31)
    assert (discs(room.view(None).value), room.standing(None)[0]) == (1, old)
    await house.pass_time(31)
    assert (discs(room.view(None).value), room.standing(None)[0]) == (0, room.epoch)
    assert shown.told[-1][2] == room.version


async def test_more_rows_than_are_held_leave_states_out_and_never_come_early(monkeypatch: Any) -> None:
    monkeypatch.setattr(gallery_module, "WAITING_MOST", 3)
    house, shown, room = await delayed()
    gallery = room._showing._gallery
    assert gallery is not None
    await house.drops(room, "0123")
    assert len(gallery._waiting) == 3
    await house.pass_time(59)
    assert shown.told == []
    await house.pass_time(2)
    assert shown.told == [(house.clock.now_us() - 1_000_000, 1, room.version)]
    assert shown.whole == [True]


async def test_a_delay_out_of_bounds_is_refused() -> None:
    house = House()
    for delay_ms in (-1, 600_001):
        wanted = Creation(GameName("connect-four"), ANN, b"{}", spectator_delay_ms=delay_ms)
        answer = await asked(partial(house.directory.create, wanted))
        assert isinstance(answer, Refused)
        assert answer.code == Code.BAD_OPTIONS


async def test_how_far_strangers_and_players_may_read() -> None:
    house, _, room = await delayed()
    await house.drops(room, "3")
    assert house.directory.horizon(room.record, ANN).version == room.version
    assert house.directory.horizon(room.record, EVE).version == 1
    assert house.directory.horizon(room.record, None).version == 1
    seen = house.directory.events(room.room_id, Version(0), 100, None)
    assert not isinstance(seen, Refused)
    assert [each.kind for each in seen] == ["created"]
    own = house.directory.events(room.room_id, Version(0), 100, PlayerId(BEN))
    assert not isinstance(own, Refused)
    assert len(own) == room.version
    again = house.restarted()
    head = again.directory.held(room.room_id)
    assert head is not None
    events: list[Event] = []
    horizon = again.directory.horizon(room.record, None)
    events.extend(e for e in house.memory.read_room(room.key) if not horizon.hides(e.version, e.at_us))
    assert events == []


async def test_a_finished_match_is_forked_by_strangers_once_they_have_seen_its_end() -> None:
    house, _, room = await delayed()
    begun = room.version
    await house.drops(room, "0101010")
    answers = []
    for host in (ANN, EVE):
        wishes = ForkWishes(host)
        answers.append(await asked(partial(house.directory.fork, room.room_id, begun, wishes)))
    await house.pass_time(62)
    answers.append(await asked(partial(house.directory.fork, room.room_id, begun, ForkWishes(EVE))))
    assert [isinstance(each, Room) for each in answers] == [True, False, True]
    refusal = answers[1]
    assert isinstance(refusal, Refused)
    assert refusal.code == Code.WRONG_PHASE

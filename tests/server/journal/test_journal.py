"""The contract of `Journal`, held by each implementation."""

import asyncio

import pytest

from kibitz.ids import Epoch, JoinCode, RoomId, RoomKey, Version
from kibitz.journal.journal import CommitFailure, Journal
from kibitz.journal.records import EventKind
from kibitz.journal.snapshots import seal
from support.journal_rows import Ledger, event_record, full_event, room_record


def create(journal: Journal, ledger: Ledger, *keys: int) -> None:
    for key in keys:
        journal.create_room(room_record(key), event_record(key, 1), ledger.note(f"{key}.1"))


def versions(journal: Journal, key: int) -> list[int]:
    return [event.version for event in journal.read_room(RoomKey(key))]


async def test_a_room_comes_back_as_it_was_created(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2)
    await journal.flush()
    assert ledger.results == {"1.1": None, "2.1": None}
    assert journal.find_room(RoomId("room-2")) == room_record(2)
    assert journal.find_room(RoomId("room-9")) is None


async def test_an_event_comes_back_with_every_field(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    journal.append(full_event(1, 2), ledger.note("1.2"))
    await journal.flush()
    (event,) = journal.read_room(RoomKey(1), after=Version(1))
    assert event.id == 2
    assert event.kind is EventKind.ACTION
    assert [getattr(event, name) for name in event.__struct_fields__[:-1]] == [
        getattr(full_event(1, 2), name) for name in event.__struct_fields__[:-1]
    ]


async def test_nothing_settles_or_shows_within_the_call(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    assert ledger.results == {}
    assert journal.find_room(RoomId("room-1")) is None
    await journal.flush()
    assert ledger.results == {"1.1": None}


async def test_results_come_in_the_order_of_the_appends(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2, 3)
    for version in range(2, 40):
        for key in (3, 1, 2):
            journal.append(event_record(key, version), ledger.note(f"{key}.{version}"))
    await journal.flush()
    expected = ["1.1", "2.1", "3.1"] + [f"{key}.{version}" for version in range(2, 40) for key in (3, 1, 2)]
    assert ledger.order == expected
    assert set(ledger.results.values()) == {None}


async def test_the_appends_of_one_turn_settle_in_one_turn(journal: Journal) -> None:
    turns: list[int] = []
    turn = 0

    def tick() -> None:
        nonlocal turn
        turn += 1
        loop.call_soon(tick)

    loop = asyncio.get_running_loop()
    for key in range(1, 50):
        journal.create_room(room_record(key), event_record(key, 1), lambda _: turns.append(turn))
    loop.call_soon(tick)
    await journal.flush()
    assert len(turns) == 49
    assert len(set(turns)) == 1


async def test_a_version_that_exists_is_a_conflict(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    await journal.flush()
    journal.append(event_record(1, 1, EventKind.JOINED), ledger.note("again"))
    await journal.flush()
    assert ledger.results["again"] is CommitFailure.CONFLICT
    assert versions(journal, 1) == [1]


async def test_a_version_without_its_predecessor_is_a_conflict(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    journal.append(event_record(1, 3), ledger.note("1.3"))
    journal.append(event_record(7, 2), ledger.note("7.2"))
    await journal.flush()
    assert ledger.results == {
        "1.1": CommitFailure.CONFLICT,
        "1.3": CommitFailure.CONFLICT,
        "7.2": CommitFailure.CONFLICT,
    }
    assert journal.find_room(RoomId("room-1")) is None


@pytest.mark.parametrize("bad", [1, 13, 24, 25])
async def test_a_bad_row_fails_its_room_and_no_other(journal: Journal, ledger: Ledger, bad: int) -> None:
    keys = range(1, 26)
    create(journal, ledger, *keys)
    await journal.flush()
    for key in keys:
        journal.append(event_record(key, 2), ledger.note(f"{key}.2"))
        journal.append(event_record(key, 9 if key == bad else 3), ledger.note(f"{key}.3"))
    await journal.flush()
    for key in keys:
        failure = CommitFailure.CONFLICT if key == bad else None
        assert ledger.results[f"{key}.2"] is failure
        assert ledger.results[f"{key}.3"] is failure
        assert versions(journal, key) == ([1] if key == bad else [1, 2, 3])


async def test_what_was_built_on_a_lost_event_is_lost_too(journal: Journal, ledger: Ledger) -> None:
    """Room 1 appends on, turn after turn, before it can hear that its version 2 was refused."""
    create(journal, ledger, 1, 2)
    await journal.flush()
    journal.append(event_record(1, 1), ledger.note("lost"))
    for version in range(2, 6):
        journal.append(event_record(1, version), ledger.note(f"1.{version}"))
        journal.append(event_record(2, version), ledger.note(f"2.{version}"))
        await asyncio.sleep(0)
    await journal.flush()
    # Whether the room heard of it before it appended 5 is up to the disk; a gap there is in no case.
    stored = versions(journal, 1)
    assert stored == list(range(1, len(stored) + 1))
    assert versions(journal, 2) == [1, 2, 3, 4, 5]


async def test_a_room_goes_on_from_what_is_stored_once_it_heard(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    await journal.flush()

    def settled(failure: CommitFailure | None) -> None:
        assert failure is CommitFailure.CONFLICT
        journal.append(event_record(1, 2), ledger.note("1.2 again"))

    journal.append(event_record(1, 1), settled)
    await asyncio.sleep(0)
    await journal.flush()
    await journal.flush()
    assert ledger.results["1.2 again"] is None
    assert versions(journal, 1) == [1, 2]


async def test_a_room_that_exists_cannot_be_created_again(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    await journal.flush()
    journal.create_room(room_record(2, room_id="room-1"), event_record(2, 1), ledger.note("same id"))
    journal.create_room(room_record(3), event_record(3, 1), ledger.note("3.1"))
    await journal.flush()
    assert ledger.results == {"1.1": None, "same id": CommitFailure.CONFLICT, "3.1": None}
    assert journal.read_room(RoomKey(2)) == []


async def test_a_callback_that_raises_harms_no_other(journal: Journal, ledger: Ledger) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))

    def broken(_: CommitFailure | None) -> None:
        raise KeyError("room")

    journal.create_room(room_record(1), event_record(1, 1), broken)
    create(journal, ledger, 2)
    await journal.flush()
    assert ledger.results == {"2.1": None}
    assert [type(error) for error in reported] == [KeyError]


async def test_after_close_appends_are_refused_and_earlier_ones_are_stored(
    journal: Journal, ledger: Ledger
) -> None:
    create(journal, ledger, 1)
    await journal.close()
    assert ledger.results == {"1.1": None}
    journal.append(event_record(1, 2), ledger.note("late"))
    assert "late" not in ledger.results
    await asyncio.sleep(0)
    assert ledger.results["late"] is CommitFailure.CLOSED
    await journal.close()


async def test_reading_a_room_from_a_version_with_a_limit(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    for version in range(2, 11):
        journal.append(event_record(1, version), ledger.note(str(version)))
    await journal.flush()
    read = journal.read_room(RoomKey(1), after=Version(3), limit=4)
    assert [event.version for event in read] == [4, 5, 6, 7]
    assert journal.read_room(RoomKey(1), after=Version(10)) == []


async def test_settled_events_of_all_rooms_come_in_order_of_commit(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2)
    await journal.flush()
    journal.append(event_record(2, 2), ledger.note("2.2"))
    journal.append(event_record(1, 2), ledger.note("1.2"))
    await journal.flush()
    every = journal.read_settled(0, 10)
    assert [(event.id, event.room, event.version) for event in every] == [
        (1, 1, 1),
        (2, 2, 1),
        (3, 2, 2),
        (4, 1, 2),
    ]
    assert journal.read_settled(2, 1) == every[2:3]
    assert journal.read_settled(4, 10) == []


async def test_standings_tell_where_unfinished_rooms_stand(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2, 3, 4)
    stories: dict[int, list[tuple[EventKind, dict[str, object]]]] = {
        1: [
            (EventKind.JOINED, {"seat": 0, "player_id": "p_ann"}),
            (EventKind.JOINED, {"seat": 1, "player_id": "p_ben"}),
            (EventKind.STARTED, {"match": 1}),
            (EventKind.ACTION, {"seat": 0, "match": 1, "outcome": "{}"}),
            (EventKind.LEFT, {"seat": 0, "player_id": "p_ann"}),
            (EventKind.JOINED, {"seat": 0, "player_id": "p_eve", "epoch": "later"}),
        ],
        2: [(EventKind.JOINED, {"seat": 1, "player_id": "p_ann"})],
        3: [(EventKind.STARTED, {"match": 1}), (EventKind.ACTION, {"match": 1})],
        4: [(EventKind.JOINED, {"seat": 1, "player_id": "p_ann"}), (EventKind.CLOSED, {})],
    }
    for key, story in stories.items():
        for number, (kind, fields) in enumerate(story):
            journal.append(event_record(key, 2 + number, kind, **fields), ledger.note(f"{key}.{number}"))
    await journal.flush()
    one, two, three = journal.standings()
    assert [each.room for each in (one, two, three)] == journal.unfinished_rooms()
    assert (one.version, one.epoch, one.at_us, one.kind) == (7, "later", 1_000_007, EventKind.JOINED)
    assert (one.match_kind, one.match, one.is_over) == (EventKind.ACTION, 1, True)
    assert one.players == ("p_eve", "p_ben")
    assert (two.match_kind, two.match, two.is_over, two.players) == (None, 0, False, (None, "p_ann"))
    assert (three.match_kind, three.match, three.is_over) == (EventKind.ACTION, 1, False)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("paused", (EventKind.PAUSED, 2, False)),
        ("paused left", (EventKind.PAUSED, 2, False)),
        ("paused forfeit left rewound", (EventKind.PAUSED, 2, False)),
        ("paused resumed", (EventKind.RESUMED, 2, False)),
        ("ticks reopened", (EventKind.TICKS, 2, False)),
        ("forfeit left", (EventKind.STARTED, 2, False)),
        ("over", (EventKind.ACTION, 2, True)),
        ("over left joined", (EventKind.ACTION, 2, True)),
        ("over rewound", (EventKind.ACTION, 2, False)),
        ("over back", (EventKind.ACTION, 1, False)),
        ("over rewound over", (EventKind.ACTION, 2, True)),
    ],
)
async def test_standings_tell_what_goes_on(
    journal: Journal, ledger: Ledger, tail: str, expected: tuple[EventKind, int, bool]
) -> None:
    create(journal, ledger, 1)
    words: dict[str, tuple[EventKind, dict[str, object]]] = {
        "over": (EventKind.ACTION, {"match": 2, "outcome": "{}"}),
        "back": (EventKind.REWOUND, {"match": 1}),
        "joined": (EventKind.JOINED, {"seat": 0, "player_id": "p_ann"}),
    }
    story: list[tuple[EventKind, dict[str, object]]] = [(EventKind.STARTED, {"match": 2})]
    story += [words.get(word) or (EventKind(word), {"match": 2, "seat": 0}) for word in tail.split()]
    for number, (kind, fields) in enumerate(story):
        journal.append(event_record(1, 2 + number, kind, **fields), ledger.note(f"1.{number}"))
    await journal.flush()
    (standing,) = journal.standings()
    assert (standing.match_kind, standing.match, standing.is_over) == expected


async def test_unfinished_rooms_are_those_without_a_closed_event(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2, 3)
    await journal.flush()
    journal.append(event_record(2, 2, EventKind.CLOSED), ledger.note("2.2"))
    await journal.flush()
    assert [room.key for room in journal.unfinished_rooms()] == [1, 3]


async def test_a_code_finds_the_newest_room_that_has_it(journal: Journal, ledger: Ledger) -> None:
    for key in (1, 2):
        journal.create_room(room_record(key, code="SAMECODE"), event_record(key, 1), ledger.note(str(key)))
    await journal.flush()
    assert journal.find_code(JoinCode("SAMECODE")) == room_record(2, code="SAMECODE")
    assert journal.find_code(JoinCode("NOTTHERE")) is None


async def test_the_epoch_is_that_of_the_newest_event(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    journal.append(event_record(1, 2, epoch=Epoch("rewound")), ledger.note("1.2"))
    await journal.flush()
    assert journal.epoch_of(RoomKey(1)) == "rewound"
    with pytest.raises(KeyError):
        journal.epoch_of(RoomKey(2))


async def test_room_keys_are_never_handed_out_twice(journal: Journal, ledger: Ledger) -> None:
    keys = [journal.next_room_key() for _ in range(5)]
    assert keys == [1, 2, 3, 4, 5]


async def test_the_last_two_snapshots_of_a_room_are_kept(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1, 2)
    for version in range(2, 6):
        journal.append(event_record(1, version), ledger.note(str(version)))
        await journal.flush()
        journal.save_snapshot(
            seal(RoomKey(1), Version(version), Epoch("epoch-1"), 1, version, bytes([version, 0]))
        )
        journal.save_snapshot(seal(RoomKey(2), Version(1), Epoch("epoch-2"), 1, 1, b"two"))
    await journal.flush()
    snapshots = journal.latest_snapshots(RoomKey(1))
    assert [(snapshot.version, snapshot.state) for snapshot in snapshots] == [(5, b"\x05\0"), (4, b"\x04\0")]
    assert [snapshot.version for snapshot in journal.latest_snapshots(RoomKey(2))] == [1]
    assert journal.latest_snapshots(RoomKey(3)) == []


async def test_a_snapshot_of_an_event_that_is_not_stored_is_dropped(journal: Journal, ledger: Ledger) -> None:
    create(journal, ledger, 1)
    await journal.flush()
    journal.append(event_record(1, 1), ledger.note("lost"))
    journal.save_snapshot(seal(RoomKey(1), Version(2), Epoch("epoch-1"), 1, 1, b"of a lost event"))
    journal.save_snapshot(seal(RoomKey(1), Version(1), Epoch("another"), 1, 1, b"of another history"))
    await journal.flush()
    assert journal.latest_snapshots(RoomKey(1)) == []

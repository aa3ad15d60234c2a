"""Random storms over a room: players, lost commits, restarts. What was promised holds in all of them."""

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from kibitz.games.connect_four import ConnectFour
from kibitz.ids import GameName, PlayerId, Seat
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import Accepted, JoinAs
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.services.config import RoomsConfig
from kibitz.rules import Move
from support.room_house import ANN, BEN, EVE, House, ScriptedBrains, Sent, act
from support.toy_games import LastOne

FOUR, LAST_ONE = GameName("connect-four"), GameName("last-one")


class Storm:
    """One room, and every answer that anybody got."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        config = RoomsConfig(
            pause_limit_ms=0,
            snapshot_every=rng.choice([2, 7, 1_000]),
            acts_waiting_most=rng.choice([4, 64]),
            bot_pause_ms=rng.choice([(0, 0), (350, 900)]),
            patches_kept=rng.choice([1, 16]),
        )
        brains = ScriptedBrains(lambda *_: rng.choice([None, Move("drop", {"column": rng.randrange(8)})]))
        self.house = House(config=config, games={FOUR: ConnectFour(), LAST_ONE: LastOne()}, brains=brains)
        self.sent: list[tuple[PlayerId, Sent]] = []
        self.accepted: dict[tuple[PlayerId, str], Accepted] = {}
        self.unanswered = 0

    async def begin(self) -> None:
        game = self.rng.choice([FOUR, LAST_ONE])
        bots = self.rng.choice([0, 1, 2]) if game == FOUR else 0
        self.room = await self.house.create(game=game, options=b"{}", bots=bots)

    def answer(self, key: tuple[PlayerId, str] | None = None) -> Callable[[Any], None]:
        self.unanswered += 1
        is_given = False

        def given(answer: object) -> None:
            nonlocal is_given
            assert not is_given
            is_given = True
            self.unanswered -= 1
            if key is not None and isinstance(answer, Accepted):
                assert self.accepted.setdefault(key, answer).version == answer.version

        return given

    def act(self) -> None:
        rng, room = self.rng, self.room
        if self.sent and rng.random() < 0.25:
            player, message = rng.choice(self.sent)
        else:
            player = rng.choice([ANN, BEN, EVE])
            action, args = rng.choice([("pass_on", {}), ("wave", {})])
            if room.game_name == FOUR:
                action, args = "drop", {"column": rng.randrange(7)}
            base = max(0, room.version + rng.choice([0, 0, 1, -1, -5]))
            raw = msgspec.Raw(msgspec.json.encode(args))
            message = Sent(room.epoch, f"storm-{len(self.sent):012}", base, action, raw)
            self.sent.append((player, message))
        room.act(player, message, self.answer((player, message.id)))

    async def restart(self) -> None:
        self.house.memory.fail_when(lambda _: CommitFailure.CLOSED)
        self.house.memory.release()
        await self.house.quiet()
        self.house.memory.fail_when(lambda _: None)
        assert self.unanswered == 0
        before = self.room
        self.house = self.house.restarted()
        found = self.house.directory.find(before.room_id)
        assert isinstance(found, Room)
        self.room = found
        if found.version == before.version:
            for viewer in (None, Seat(0), Seat(1)):
                assert found.view(viewer).json == before.view(viewer).json
            offers = [seat.wants_rematch for seat in before.presence.seats()]
            assert [seat.wants_rematch for seat in found.presence.seats()] == offers
            assert (found.players, found.status, found.match) == (before.players, before.status, before.match)

    async def step(self) -> None:
        rng, room, memory = self.rng, self.room, self.house.memory
        player = rng.choice([ANN, BEN, EVE])
        todo: list[tuple[int, Callable[[], Any]]] = [
            (50, self.act),
            (10, lambda: room.join(player, rng.choice([None, JoinAs.PLAYER]), None, None, self.answer())),
            (3, lambda: room.leave(player, self.answer())),
            (7, lambda: room.rematch(player, self.answer())),
            (4, lambda: memory.fail_when(lambda _: None)),
            (
                3,
                lambda: memory.fail_when(lambda _: CommitFailure.UNAVAILABLE if rng.random() < 0.5 else None),
            ),
            (3, memory.hold),
            (5, memory.release),
            (7, lambda: self.house.clock.advance(rng.randrange(3_000_000))),
            (7, self.house.directory.tick),
            (2, partial(self.restart)),
        ]
        (do,) = rng.choices([do for _, do in todo], [weight for weight, _ in todo])
        done = do()
        if done is not None:
            await done
        if rng.random() < 0.5:
            await asyncio.sleep(0)

    async def calm(self) -> None:
        self.house.memory.fail_when(lambda _: None)
        self.house.memory.release()
        await self.house.quiet()
        for _ in range(4):
            await self.house.pass_time(1)


@pytest.mark.parametrize("seed", range(60))
async def test_nothing_accepted_is_lost_or_done_twice_and_nobody_waits_for_ever(seed: int) -> None:
    storm = Storm(seed)
    await storm.begin()
    for _ in range(storm.rng.randrange(40, 160)):
        await storm.step()
    await storm.calm()
    room = storm.room
    rows = storm.house.journal.read_room(room.key)
    assert storm.unanswered == 0
    assert [row.version for row in rows] == list(range(1, room.version + 1))
    stored = [(row.player_id, row.action_id) for row in rows if row.kind is EventKind.ACTION]
    assert len(set(stored)) == len(stored)
    assert set(storm.accepted) <= set(stored)
    for player, message in storm.sent:
        if (player, message.id) in stored:
            again = await act(room, player, message)
            assert isinstance(again, Accepted)
            assert rows[again.version - 1].action_id == message.id
    if room.status is Status.PLAYING and storm.house.brains.asked:
        version = room.version
        bots = {seat.seat for seat in room.presence.seats() if seat.is_bot}
        if room.view(None).value["turn"] in bots:
            await storm.calm()
            assert room.version > version

"""Acts under way: each ends once, whatever comes first."""

import asyncio

import pytest

from kibitz.client.errors import ClientClosed, Refused
from kibitz.client.own_acts import OwnActs
from kibitz.protocol.messages import Acted
from support.scripted_seat import ACTION, patch, view


async def test_the_first_answer_counts():
    acts = OwnActs()
    with acts.under_way(ACTION) as answer:
        assert ACTION in acts
        acts.settle_by(patch(3, view(0), view(1, 7), action=ACTION))
        acts.settle(ACTION, Acted(9))
        acts.fail(ACTION, Refused("illegal", "Too late."))
        assert await answer == Acted(4)
    assert ACTION not in acts


async def test_only_the_first_time_is_not_again():
    acts = OwnActs()
    with acts.under_way(ACTION):
        assert [acts.is_resent(ACTION) for _ in range(3)] == [False, True, True]
    with acts.under_way(ACTION):
        assert not acts.is_resent(ACTION)


async def test_the_end_reaches_all():
    acts = OwnActs()

    async def act(action: str) -> None:
        with acts.under_way(action) as answer:
            await answer

    tasks = [asyncio.create_task(act(name * 16)) for name in "abc"]
    await asyncio.sleep(0)
    acts.end(ClientClosed("over"))
    for task in tasks:
        with pytest.raises(ClientClosed, match="over"):
            await task


async def test_what_nobody_waits_for_changes_nothing():
    acts = OwnActs()
    acts.settle(ACTION, Acted(1))
    acts.fail(ACTION, ClientClosed("over"))
    assert ACTION not in acts

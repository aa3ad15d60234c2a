import asyncio

from kibitz.client.subscription import Subscription
from support.scripted_server import settle


async def test_what_was_put_is_read_in_order_and_then_it_ends():
    subscription: Subscription[int] = Subscription()
    for number in range(3):
        subscription.put(number)
    subscription.close()
    subscription.put(9)
    assert [number async for number in subscription] == [0, 1, 2]


async def test_a_reader_that_waits_is_woken():
    subscription: Subscription[int] = Subscription()
    reading = asyncio.create_task(anext(subscription))
    await settle()
    assert not reading.done()
    subscription.put(1)
    assert await reading == 1


async def test_a_reader_that_falls_behind_loses_the_oldest_and_can_see_how_many():
    subscription: Subscription[int] = Subscription(kept_max=2)
    for number in range(5):
        subscription.put(number)
    subscription.close()
    assert [number async for number in subscription] == [3, 4]
    assert subscription.missed == 3

"""What a line of the log is told about."""

import asyncio

from kibitz import tracing
from kibitz.protocol.messages import Chat, Ping


def test_an_event_goes_before_a_request_and_names_its_room() -> None:
    assert tracing.told() == {}
    before = tracing.REQUEST_ID.set("abc")
    try:
        assert tracing.told() == {"request_id": "abc"}
        tracing.EVENT.number = 7
        tracing.EVENT.message = Chat(room="r1", text="hello")
        assert tracing.told() == {"request_id": "event-7", "room_id": "r1"}
        tracing.EVENT.message = Ping(sent_ms=1)
        assert tracing.told() == {"request_id": "event-7"}
    finally:
        tracing.EVENT.message = None
        tracing.REQUEST_ID.reset(before)


async def test_requests_that_take_turns_keep_their_ids() -> None:
    async def request(name: str) -> list[str]:
        tracing.REQUEST_ID.set(name)
        seen = []
        for _ in range(3):
            await asyncio.sleep(0)
            seen.append(tracing.told()["request_id"])
        return seen

    assert await asyncio.gather(request("a"), request("b")) == [["a"] * 3, ["b"] * 3]
    assert tracing.told() == {}

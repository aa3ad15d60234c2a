"""The SDK against a whole server in the same loop: nothing between them is made up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from kibitz.app.server import Server
from kibitz.client import Backoff, Client, LinkStatus, Refused, RoomSession
from kibitz.ids import new_action_id

StartServer = Callable[[], Awaitable[Server]]
GAME = "connect-four"
QUICK = Backoff(first_ms=20, longest_ms=100)


def url_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


async def two_seats(server: Server, a: Client, b: Client) -> tuple[RoomSession, RoomSession]:
    created = await a.create_room(GAME)
    first, second = await a.join(created.room_id), await b.join(created.code)
    await first.until(lambda it: it.confirmed["phase"] == "playing", timeout_ms=5_000)
    return first, second


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_two_clients_play_and_hold_the_same_view(start_server: StartServer, transport: str):
    server = await start_server()
    async with (
        Client(url_of(server), name="Ada", transports=[transport]) as a,
        Client(url_of(server), name="Bo") as b,
    ):
        first, second = await two_seats(server, a, b)
        assert (first.seat, second.seat, first.game) == (0, 1, GAME)
        assert a.state.transport == transport
        for column in (3, 4, 3, 4, 3, 4, 3):
            mover = first if first.confirmed["turn"] == 0 else second
            done = await mover.act("drop", {"column": column})
            for session in (first, second):
                await session.until(lambda it, v=done.version: it.version >= v, timeout_ms=5_000)
        assert first.confirmed == second.confirmed
        assert first.confirmed["outcome"]["winner"] == 0
        assert first.incidents.wrong == second.incidents.wrong == 0
        page = await a.events(first.room)
        assert [event.args["column"] for event in page.events if event.kind == "action"] == [
            3,
            4,
            3,
            4,
            3,
            4,
            3,
        ]
        await first.rematch()
        await second.rematch()
        await first.until(lambda it: it.match == 2 and it.confirmed["turn"] == 1, timeout_ms=5_000)


async def test_a_session_can_be_marked_as_a_bots(start_server: StartServer):
    server = await start_server()
    async with Client(url_of(server), name="Bo", kind="bot") as bot:
        await bot.sign_in()
        assert bot.player_id is not None
        assert bot.player_id.startswith("b_")


async def test_a_seat_with_a_bot_of_ours_is_played_by_nobody_else(start_server: StartServer):
    server = await start_server()
    async with (
        Client(url_of(server), name="A", kind="bot") as a,
        Client(url_of(server), name="B", kind="bot") as b,
    ):
        first, second = await two_seats(server, a, b)
        await first.act("drop", {"column": 3})
        with pytest.raises(TimeoutError):
            await second.until(lambda it: it.confirmed["turn"] == 0, timeout_ms=500)
        await first.act("resign")
        await first.rematch()
        await second.rematch()
        await second.until(lambda it: it.match == 2, timeout_ms=5_000)


async def test_refusals_say_why_and_change_nothing(start_server: StartServer):
    server = await start_server()
    async with Client(url_of(server), name="Ada") as a, Client(url_of(server), name="Bo") as b:
        first, second = await two_seats(server, a, b)
        with pytest.raises(Refused) as refused:
            await second.act("drop", {"column": 0})
        assert refused.value.code == "not_your_turn"
        with pytest.raises(Refused) as refused:
            await first.act("drop", {"column": 9})
        assert refused.value.code == "bad_args"
        with pytest.raises(Refused) as refused:
            await first.act("fly", {})
        assert refused.value.code == "unknown_action"
        with pytest.raises(Refused) as refused:
            await a.join("x" * 22)
        assert refused.value.code == "unknown_room"
        with pytest.raises(Refused) as refused:
            await a.create_room("no-such-game")
        assert refused.value.code == "unknown_game"
        assert first.pending == ()


async def test_one_id_is_carried_out_once(start_server: StartServer):
    server = await start_server()
    async with Client(url_of(server), name="Ada") as a, Client(url_of(server), name="Bo") as b:
        first, _ = await two_seats(server, a, b)
        action = new_action_id()
        done = await first.act("drop", {"column": 3}, action_id=action)
        again = await first.act("drop", {"column": 3}, action_id=action)
        assert again.version == done.version


async def test_a_restart_is_waited_out_and_the_game_goes_on(start_server: StartServer):
    server = await start_server()
    async with (
        Client(url_of(server), name="Ada", backoff=QUICK) as a,
        Client(url_of(server), name="Bo", backoff=QUICK, transports=["polling"]) as b,
    ):
        first, second = await two_seats(server, a, b)
        await first.act("drop", {"column": 3})
        await server.stop()
        await second.until(lambda it: not it.is_joined, timeout_ms=5_000)
        moving = asyncio.create_task(second.act("drop", {"column": 4}))
        await start_server()
        done = await asyncio.wait_for(moving, 15)
        await first.until(lambda it: it.version >= done.version, timeout_ms=15_000)
        assert first.confirmed["board"][5][4] == 1
        assert a.reconnects >= 1
        assert b.reconnects >= 1


async def test_a_token_is_the_player(start_server: StartServer):
    server = await start_server()
    async with Client(url_of(server), name="Ada") as a, Client(url_of(server), name="Bo") as b:
        first, _ = await two_seats(server, a, b)
        room, token = first.room, a.token
        await a.close()
        async with Client(url_of(server), token=token) as again:
            session = await again.join(room)
            assert session.seat == 0
            await session.act("drop", {"column": 0})


async def test_a_bad_token_ends_the_client_with_a_refusal(start_server: StartServer):
    server = await start_server()
    async with Client(url_of(server), name="Ada") as a:
        created = await a.create_room(GAME)
        async with Client(url_of(server), token="nonsense") as nobody:
            with pytest.raises(Refused) as refused:
                await nobody.join(created.room_id)
            assert refused.value.code == "unauthenticated"
            assert nobody.state.status is LinkStatus.CLOSED


async def test_a_third_one_watches_and_chats(start_server: StartServer):
    server = await start_server()
    async with (
        Client(url_of(server), name="Ada") as a,
        Client(url_of(server), name="Bo") as b,
        Client(url_of(server), name="Cy") as c,
    ):
        first, _ = await two_seats(server, a, b)
        third = await c.join(first.room)
        assert third.seat is None
        with pytest.raises(Refused) as refused:
            await third.act("drop", {"column": 0})
        assert refused.value.code == "not_seated"
        heard = first.events()
        await third.chat("good luck")
        async with asyncio.timeout(5):
            async for event in heard:
                if getattr(event, "text", None) == "good luck":
                    break
        assert await c.ping() >= 0
        await third.leave()
        assert third.is_over

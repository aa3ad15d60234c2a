"""Whatever one client sends, the server stays up and another client notices nothing."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kibitz.protocol.websocket import CLOSE, PING, PONG, TEXT
from support.memory_wire import MemoryServer
from support.websocket_wire import frame_bytes

PACKETS = st.sampled_from(
    [
        *("40", "41", "3", "2", "42", "6", "40/custom,", '42/custom,["message"]'),
        *('42["message",1]', '421["message-with-ack",{"a":[1]}]', '42["message","\\ud800"]'),
        '451-["message",{"_placeholder":true,"num":0}]',
        '452-["message",{"_placeholder":true,"num":1}]',
        *('42["enter","hall"]', '42["flood","hall",3,"k"]', '42["ask"]', '430["x"]', "460-[]"),
        *('42["kick"]', '42["kick",true]', "4" + "[" * 2000),
    ]
) | st.text(alphabet='0123456/,-[]{}":mesag_', max_size=20)
STEPS = st.lists(
    PACKETS.map(lambda text: frame_bytes(TEXT, text.encode()))
    | st.binary(max_size=20).map(lambda data: frame_bytes(2, data))
    | st.sampled_from([frame_bytes(PING, b"x"), frame_bytes(PONG), frame_bytes(CLOSE, b"\x03\xe8")])
    | st.binary(max_size=12),
    max_size=12,
)


@given(st.lists(STEPS, min_size=1, max_size=4), st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_garbage_costs_only_its_sender(
    memory: MemoryServer, clients: list[list[bytes]], data: st.DataObject
) -> None:
    async def play() -> None:
        witness = memory.connected()
        for steps in clients:
            wire = memory.websocket()
            stream = b"".join(steps)
            while stream and not wire.is_closed:
                size = data.draw(st.integers(1, max(1, len(stream))))
                wire.receive(stream[:size])
                stream = stream[size:]
                if data.draw(st.booleans()):
                    memory.turn()
            await asyncio.sleep(0)
            memory.turn()
            if data.draw(st.booleans()):
                wire.lose()
        witness.take()
        witness.send('427["message-with-ack","alive"]')
        assert witness.take() == ['437["alive"]']
        witness.lose()
        memory.advance(120_000)
        assert list(memory.server.sessions()) == []
        assert memory.server.namespace("/").sockets == {}
        assert memory.server.namespace("/")._rooms == {}
        assert len(memory.server._deadlines) == 0

    asyncio.run(play())

"""The other end of a client's wire, in memory: a test says what the server does and reads what came."""

import asyncio
from collections.abc import Sequence

import msgspec

from kibitz.client.errors import WireClosed
from kibitz.client.wires import Transport
from kibitz.protocol import engineio, socketio, socketio_encoder

HANDSHAKE = engineio.Open(sid="s", upgrades=(), pingInterval=10_000, pingTimeout=5_000, maxPayload=16_384)


class ScriptedWire:
    """A `Wire` whose far end is this object."""

    handshake = HANDSHAKE

    def __init__(self, transport: Transport = Transport.WEBSOCKET) -> None:
        self.transport = transport
        self.is_closed = False
        self._to_client: asyncio.Queue[engineio.Packet | None] = asyncio.Queue()
        self._decoder = socketio.PacketDecoder()
        self._received: asyncio.Queue[socketio.Packet] = asyncio.Queue()
        self.pongs = 0

    # ------------------------------------------------------------ the client's side

    async def send(self, packets: Sequence[engineio.Packet]) -> None:
        if self.is_closed:
            raise WireClosed("gone")
        for packet in packets:
            if isinstance(packet, engineio.Pong):
                self.pongs += 1
            if isinstance(packet, engineio.Text):
                decoded = self._decoder.feed_text(packet.data)
                if decoded is not None:
                    self._received.put_nowait(decoded)

    async def receive(self) -> Sequence[engineio.Packet]:
        packet = await self._to_client.get()
        if packet is None:
            raise WireClosed("cut")
        return [packet]

    async def close(self) -> None:
        self.is_closed = True

    # ------------------------------------------------------------ the server's side

    def put(self, packet: engineio.Packet) -> None:
        self._to_client.put_nowait(packet)

    def put_text(self, encoded: bytes) -> None:
        self.put(engineio.Text(encoded.decode()))

    def cut(self) -> None:
        """The connection breaks, as the client's system tells it."""
        self.is_closed = True
        self._to_client.put_nowait(None)

    async def received(self) -> socketio.Packet:
        return await asyncio.wait_for(self._received.get(), 5)

    def has_received(self) -> bool:
        return not self._received.empty()

    async def accept(self) -> dict[str, object]:
        """Take the CONNECT and confirm it; what the client sent with it."""
        packet = await self.received()
        assert isinstance(packet, socketio.Connect)
        self.put_text(socketio_encoder.encode_connect("/", {"sid": "x"}))
        return packet.data

    async def request(self, name: str) -> tuple[int, dict[str, object]]:
        """The next packet, which must be this event; its id and its message."""
        packet = await self.received()
        assert isinstance(packet, socketio.Event)
        assert packet.name == name, packet
        assert packet.id is not None
        message = packet.args[0]
        assert isinstance(message, dict)
        return packet.id, message

    def answer(self, packet_id: int, answer: object) -> None:
        text, _ = socketio_encoder.encode_ack("/", (answer,), packet_id)
        self.put_text(text)

    def emit(self, name: str, message: object) -> None:
        text, _ = socketio_encoder.encode_event("/", name, (msgspec.to_builtins(message),))
        self.put_text(text)


async def settle() -> None:
    """Let every task run until it waits for something outside."""
    for _ in range(20):
        await asyncio.sleep(0)

"""What the handlers of a namespace are given."""

import msgspec
import pytest

from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Ack, Socket
from support.memory_wire import MemoryServer


def test_handlers(bare: MemoryServer, main: Namespace, caplog: pytest.LogCaptureFixture) -> None:
    got: list[object] = []

    def fail(socket: Socket, args: list[object], ack: Ack | None) -> None:
        raise RuntimeError

    main.on("known", lambda socket, args, ack: got.append((args, ack)))
    main.on("fails", fail)
    main.on_unknown(lambda socket, name, args, ack: got.append((name, args, ack)))
    wire = bare.connected()
    wire.send('42["known",1,[2]]', '42["fails"]', '42["other",3]', "42", "43999[]")
    assert got == [([1, [2]], None), ("other", [3], None)]
    assert main.faults == 1
    assert "fails" in caplog.text
    assert wire.take() == []


class Move(msgspec.Struct):
    column: int


def test_messages_are_decoded_into_their_type(bare: MemoryServer, main: Namespace) -> None:
    def move(socket: Socket, message: Move, ack: Ack | None) -> None:
        assert ack is not None
        ack({"ok": True, "column": message.column})

    def invalid(socket: Socket, event: str, ack: Ack | None, error: str) -> None:
        if ack is not None:
            ack({"ok": False, "event": event, "error": error})

    main.on_message("move", Move, move, invalid=invalid)
    wire = bare.connected()
    wire.send(
        '421["move",{"column":3}]', '422["move",{"column":"3"}]', '42["move"]', '423["move",{"column":4}]'
    )
    assert wire.take() == [
        '431[{"ok":true,"column":3}]',
        '432[{"ok":false,"event":"move","error":"Expected `int`, got `str` - at `$[1].column`"}]',
        '433[{"ok":true,"column":4}]',
    ]


def test_second_registration_is_refused(main: Namespace) -> None:
    main.on("a", lambda socket, args, ack: None)
    main.on_connect(lambda socket, auth: None)
    main.on_disconnect(lambda socket, reason: None)
    main.on_unknown(lambda socket, name, args, ack: None)
    for register in (
        lambda: main.on("a", lambda socket, args, ack: None),
        lambda: main.on("connect", lambda socket, args, ack: None),
        lambda: main.on_message("a", Move, lambda s, m, a: None, invalid=lambda s, e, a, x: None),
        lambda: main.on_connect(lambda socket, auth: None),
        lambda: main.on_disconnect(lambda socket, reason: None),
        lambda: main.on_unknown(lambda socket, name, args, ack: None),
    ):
        with pytest.raises(ValueError, match=r"already|reserved"):
            register()


def test_name_of_a_namespace(bare: MemoryServer) -> None:
    for name in ("", "x", "/a,b"):
        with pytest.raises(ValueError, match="name of a namespace"):
            bare.server.namespace(name)

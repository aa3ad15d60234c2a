"""Calls to the server: decoded into closed types, or one of two faults."""

import socket
import threading

import pytest

from kibitz_dashboard.server.api import NotAllowed, ServerApi, ServerUnreachable
from support.admin_rest import LINK, PASSWORD, TOKEN, AdminRest


def test_the_ways_in_and_out(rest: AdminRest) -> None:
    api = ServerApi(rest.url)
    assert api.exchange_link(LINK).token == TOKEN
    with pytest.raises(NotAllowed) as used:
        api.exchange_link(LINK)
    assert (used.value.status, used.value.detail) == (401, "wrong")
    assert api.log_in("ada", PASSWORD).name == "ada"
    assert api.session(TOKEN).name == "ada"
    assert api.live(TOKEN).connections.websocket == 2
    api.log_out(TOKEN)
    with pytest.raises(NotAllowed):
        api.session(TOKEN)


def test_nobody_there() -> None:
    with pytest.raises(ServerUnreachable, match="cannot be reached"):
        ServerApi("http://127.0.0.1:9").session(TOKEN)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n<html",
        b"no http at all\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_no_contract_knows(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ServerUnreachable):
            ServerApi(f"http://127.0.0.1:{listener.getsockname()[1]}").session(TOKEN)
        thread.join()


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(ServerUnreachable):
        ServerApi(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.2).session(TOKEN)

"""The real process: who gets in, what it answers, how it ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kibitz_dashboard.__main__ import main
from support.admin_rest import LINK, PASSWORD, TOKEN, AdminRest
from support.processes import environment, free_port

HTML = {"accept": "text/html"}
COOKIE = {"cookie": f"kibitz_dashboard={TOKEN}"}
FORM = {"content-type": "application/x-www-form-urlencoded", **HTML}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: str | None = None
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    content = response.read().decode("utf-8", "replace")
    connection.close()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def start(data: Path, port: int, server_url: str, **popen: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "kibitz_dashboard", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen([*command, "--server-url", server_url], **{"env": environment(), **popen})  # type: ignore[call-overload]
    deadline = time.monotonic() + 30
    while True:
        try:
            if ask(port, "GET", "/_stcore/health").status == 200:
                return process
        except OSError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it never answered"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, AdminRest]]:
    port = free_port()
    with AdminRest() as rest:
        process = start(tmp_path_factory.mktemp("data"), port, rest.url)
        yield port, rest
        process.terminate()
        assert process.wait(5) == 0


@pytest.fixture
def port(running: tuple[int, AdminRest]) -> int:
    running[1].tokens |= {TOKEN}
    running[1].links |= {LINK}
    return running[0]


@pytest.mark.parametrize("path", ["/", "/rooms", "/room?room=x"])
def test_strangers_are_sent_to_the_login(port: int, path: str) -> None:
    answer = ask(port, "GET", path, HTML)
    assert (answer.status, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    "path", ["/", "/_stcore/metrics", "/_stcore/host-config", "/media/x.csv", "/static/x.js"]
)
@pytest.mark.parametrize("cookie", [{}, {"cookie": "kibitz_dashboard=forged"}])
def test_nothing_else_is_open_either(port: int, path: str, cookie: dict[str, str]) -> None:
    assert ask(port, "GET", path, cookie).status == 401


def test_no_websocket_for_strangers(port: int) -> None:
    upgrade = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert ask(port, "GET", "/_stcore/stream", upgrade).status == 403
    assert ask(port, "GET", "/_stcore/stream", {**upgrade, "cookie": "kibitz_dashboard=forged"}).status == 403


def test_an_admin_gets_the_page(port: int) -> None:
    answer = ask(port, "GET", "/", {**HTML, **COOKIE})
    assert answer.status == 200
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_link_works_once_and_leaves_the_address_bar(port: int) -> None:
    first = ask(port, "GET", f"/login?token={LINK}", HTML)
    assert (first.status, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    again = ask(port, "GET", f"/login?token={LINK}", HTML)
    assert (again.status, "set-cookie" in again.headers) == (403, False)
    assert "used or is too old" in again.body


def test_name_and_password(port: int) -> None:
    good = ask(port, "POST", "/login", FORM, urlencode({"name": "ada", "password": PASSWORD}))
    assert (good.status, good.headers["location"]) == (303, "/")
    wrong = ask(port, "POST", "/login", FORM, urlencode({"name": "ada", "password": "guess"}))
    assert (wrong.status, "set-cookie" in wrong.headers) == (403, False)
    assert "Name or password is wrong." in wrong.body


@pytest.mark.parametrize(
    "body", ["", "name=ada", "name=ada&password=" + "x" * 9000, "&".join(["a=1"] * 50), "%ff=\xff"]
)
def test_bad_forms_are_answered(port: int, body: str) -> None:
    answer = ask(port, "POST", "/login", FORM, body)
    assert answer.status in (400, 403)
    assert "<form" in answer.body


def test_a_form_from_another_site_is_refused(port: int) -> None:
    answer = ask(
        port,
        "POST",
        "/login",
        {**FORM, "origin": "https://evil.example"},
        urlencode({"name": "ada", "password": PASSWORD}),
    )
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_logging_out_ends_the_session_at_the_server(running: tuple[int, AdminRest], port: int) -> None:
    assert ask(port, "GET", "/", {**HTML, **COOKIE}).status == 200
    out = ask(port, "POST", "/logout", COOKIE)
    assert out.status == 303
    assert 'kibitz_dashboard=""' in out.headers["set-cookie"]
    assert TOKEN not in running[1].tokens
    assert ask(port, "GET", "/", {**HTML, **COOKIE}).status == 303


def test_only_the_brands_own_files_are_served(port: int) -> None:
    assert ask(port, "GET", "/brand/login.css").headers["content-type"].startswith("text/css")
    assert ask(port, "GET", "/brand/..%2fapp.py").status in (400, 401, 404)
    assert ask(port, "GET", "/brand/none.css").status == 404


def test_a_port_in_use_is_one_sentence(port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert said == f"kibitz dashboard: cannot listen on 127.0.0.1:{port}: Address already in use.\n"


@pytest.mark.parametrize("url", ["ftp://x", "nonsense", "http://"])
def test_nonsense_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--data", str(tmp_path), "--server-url", url])
    assert refused.value.code == 2


def test_it_ends_within_two_seconds_and_with_its_starter(tmp_path: Path) -> None:
    with AdminRest() as rest:
        port = free_port()
        with start(tmp_path, port, rest.url) as process:  # noqa: SIM117  (each has a subject of its own)
            # an open websocket must not hold it back
            with socket.create_connection(("127.0.0.1", port)) as viewer:
                viewer.sendall(
                    b"GET /_stcore/stream HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n"
                    b"upgrade: websocket\r\n"
                    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    b"cookie: kibitz_dashboard=" + TOKEN.encode() + b"\r\n\r\n"
                )
                assert viewer.recv(12) == b"HTTP/1.1 101"
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                assert process.wait(5) == 0
                assert time.monotonic() - began < 2

        ours, theirs = os.pipe()
        with start(
            tmp_path, port, rest.url, env=environment(KIBITZ_PARENT_FD=str(ours)), pass_fds=(ours,)
        ) as process:
            os.close(ours)
            os.close(theirs)
            assert process.wait(5) == 0

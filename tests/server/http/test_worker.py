"""The service worker's script, the shells that it keeps, and the script that ends it."""

import json
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from kibitz.http.assets import Client, load_client
from kibitz.http.pages import Shell
from kibitz.http.problems import ProblemError
from kibitz.http.resources.pages import Boot, SocketSettings
from kibitz.http.resources.sessions import Me
from kibitz.http.worker import ClientApi, Worker

SOCKET = SocketSettings("/socket.io/", 1, 1, ["websocket", "polling"])


def client(dist: Path, *, skeleton: str = "<p>lobby") -> Client:
    """A build that is nothing but a page and its worker."""
    manifest = {
        "build": "b1",
        "entry": "/assets/entry.1.js",
        "style_inline": "body{}",
        "early_script_inline": "early()",
        "skeleton": {"lobby": skeleton, "room": "<p>room"},
        "routes": {"lobby": ["/assets/lobby.1.js"]},
        "assets": {},
        "worker": {"script": "sw.js", "off": "sw-off.js"},
        "budgets": [{"name": "wire", "bytes": 4_000, "limit": 5_000}],
    }
    (dist / "manifest.json").write_text(json.dumps(manifest))
    (dist / "sw.js").write_text("work()")
    (dist / "sw-off.js").write_text("end()")
    built = load_client(dist)
    assert built is not None
    return built


async def got(built: Client, path: str, *, is_on: bool = True) -> web.Response:
    app = web.Application()
    Worker(built, Shell(built.manifest), SOCKET, is_on=is_on).mount(app)
    found = await app.router.resolve(make_mocked_request("GET", path))
    answer = await found.handler(make_mocked_request("GET", path, match_info=dict(found)))
    assert isinstance(answer, web.Response)
    return answer


def text(answer: web.Response) -> str:
    assert isinstance(answer.body, bytes)
    return answer.body.decode()


async def test_the_script_says_which_shells_it_keeps(tmp_path: Path) -> None:
    answer = await got(client(tmp_path), "/sw.js")
    first, rest = text(answer).split("\n")
    assert first.startswith('const VERSION="')
    assert rest == "work()"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "connect-src 'self'" in answer.headers["Content-Security-Policy"]
    again = await got(client(tmp_path), "/sw.js")
    assert text(again) == text(answer)
    other = await got(client(tmp_path, skeleton="<p>another lobby"), "/sw.js")
    assert text(other) != text(answer)


async def test_switched_off_the_same_address_ends_it(tmp_path: Path) -> None:
    answer = await got(client(tmp_path), "/sw.js", is_on=False)
    assert text(answer) == "end()"
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_shell_says_nothing_of_a_session_or_a_moment(tmp_path: Path) -> None:
    page = text(await got(client(tmp_path), "/shell/lobby"))
    boot = page.split('id="boot">')[1].split("</script>")[0]
    assert json.loads(boot) == {
        "route": "lobby",
        "build": "b1",
        "socket": {
            "path": "/socket.io/",
            "ping_interval_ms": 1,
            "ping_timeout_ms": 1,
            "transports": ["websocket", "polling"],
        },
        "is_worker_on": True,
    }
    assert "<p>lobby" in page
    assert "/assets/lobby.1.js" in page
    with pytest.raises(ProblemError):
        await got(client(tmp_path), "/shell/nothing")


def test_who_has_a_session_gets_the_code_of_the_connection_with_the_page(tmp_path: Path) -> None:
    built = client(tmp_path)
    built.manifest.routes["wire"] = ["/assets/wire.1.js"]
    shell = Shell(built.manifest)
    assert b"wire.1.js" not in shell.body(Boot("lobby", "b1", SOCKET, me=None))
    # A kept page knows nobody, but its browser may: the connection's code comes with it.
    assert b"wire.1.js" in shell.body(Boot("lobby", "b1", SOCKET))
    assert b"wire.1.js" in shell.body(Boot("lobby", "b1", SOCKET, me=Me("p_1", "Ada", False)))


async def test_budgets_are_told(tmp_path: Path) -> None:
    (route,) = ClientApi(client(tmp_path)).routes()
    answer = await route.handler(make_mocked_request("GET", "/api/client"))
    assert isinstance(answer, web.Response)
    assert json.loads(text(answer)) == {
        "build": "b1",
        "budgets": [{"name": "wire", "bytes": 4_000, "limit": 5_000}],
    }
    (route,) = ClientApi(None).routes()
    with pytest.raises(ProblemError):
        await route.handler(make_mocked_request("GET", "/api/client"))

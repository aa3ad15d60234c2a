"""The built client comes from its manifest, in the best coding, and nothing else comes at all."""

import gzip
import json
import re
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from kibitz.codes import Code
from kibitz.http.assets import load_client
from kibitz.http.pages import Shell
from kibitz.http.problems import ProblemError
from kibitz.http.resources.pages import Boot, SocketSettings
from kibitz.http.resources.rooms import RoomInfo
from kibitz.http.resources.sessions import Me

SOCKET = SocketSettings("/socket.io/", 1, 1, ["websocket", "polling"])


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build of one script and one font."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "entry.1.js").write_bytes(b"run()")
    (tmp_path / "assets" / "entry.1.js.gz").write_bytes(gzip.compress(b"run()"))
    (tmp_path / "assets" / "entry.1.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "font.1.woff2").write_bytes(b"font")
    (tmp_path / "secret.txt").write_text("secret")
    script = {"type": "text/javascript", "path": "assets/entry.1.js", "bytes": 5}
    manifest = {
        "build": "b1",
        "entry": "/assets/entry.1.js",
        "style_inline": "body{}",
        "early_script_inline": "early()",
        "skeleton": {"lobby": "<p>lobby", "room": "<p>room"},
        "icon": "/assets/icon.svg",
        "routes": {
            "lang:de": ["/assets/de.js"],
            "lang:de:room": ["/assets/de-room.js"],
            "lobby": [],
            "room": ["/assets/room.js"],
            "game:connect-four": ["/assets/c4.js"],
            "game:generic": ["/assets/generic.js"],
        },
        "assets": {
            "/assets/entry.1.js": {**script, "br": "assets/entry.1.js.br", "gz": "assets/entry.1.js.gz"},
            "/assets/font.1.woff2": {
                "type": "font/woff2",
                "path": "assets/font.1.woff2",
                "br": None,
                "gz": None,
            },
        },
        "budgets": [],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


@pytest.mark.parametrize(
    ("accepts", "coding", "body"),
    [
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip;q=0.5", "gzip", gzip.compress(b"run()", mtime=0)),
        ("br;q=0, identity", None, b"run()"),
        ("", None, b"run()"),
    ],
)
async def test_the_best_coding(dist: Path, accepts: str, coding: str | None, body: bytes) -> None:
    client = load_client(dist)
    assert client is not None
    request = make_mocked_request("GET", "/assets/entry.1.js", headers={"Accept-Encoding": accepts})
    response = await client.serve(request)
    assert response.headers.get("Content-Encoding") == coding
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert isinstance(response.body, bytes)
    got = gzip.decompress(response.body) if coding == "gzip" else response.body
    assert got == (b"run()" if coding == "gzip" else body)


@pytest.mark.parametrize(
    "path", ["/assets/../secret.txt", "/assets/secret.txt", "/assets/", "/assets/%2e%2e/x"]
)
async def test_only_what_the_manifest_names(dist: Path, path: str) -> None:
    client = load_client(dist)
    assert client is not None
    with pytest.raises(ProblemError) as caught:
        await client.serve(make_mocked_request("GET", path))
    assert caught.value.code is Code.NOT_FOUND


def test_no_build_is_no_client(tmp_path: Path) -> None:
    assert load_client(tmp_path) is None


def test_the_page_names_all_that_its_route_needs(dist: Path) -> None:
    client = load_client(dist)
    assert client is not None
    boot = Boot(route="room", build="b1", me=Me("p_1", "</script><b>", False), socket=SOCKET)
    response = Shell(client.manifest).page(boot)
    assert isinstance(response, web.Response)
    text = response.text or ""
    assert '<link rel="modulepreload" href="/assets/entry.1.js">' in text
    assert '<link rel="modulepreload" href="/assets/room.js">' in text
    assert '<div id="app"><p>room</div>' in text
    data = text.split('id="boot">')[1].split("</script>")[0]
    assert json.loads(data)["me"]["name"] == "</script><b>"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("game", "chunk", "other"), [("connect-four", "c4", "generic"), ("from-elsewhere", "generic", "c4")]
)
def test_the_page_of_a_room_names_what_draws_its_game(dist: Path, game: str, chunk: str, other: str) -> None:
    client = load_client(dist)
    assert client is not None
    room = RoomInfo("r", game, "A game", "waiting", [], 0, 1, 0, False, 0, 0)
    page = Shell(client.manifest).page(Boot(route="room", build="b1", me=None, socket=SOCKET, room=room))
    text = page.text or ""
    assert f'<link rel="modulepreload" href="/assets/{chunk}.js">' in text
    assert f"/assets/{other}.js" not in text


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ["de", "de-room"]),
        ("fr, DE;q=0.5", ["de", "de-room"]),
        ("en-GB,en;q=0.9,de;q=0.8", []),
        ("fr", []),
        ("", []),
    ],
)
def test_the_page_names_the_words_of_a_language(dist: Path, languages: str, words: list[str]) -> None:
    client = load_client(dist)
    assert client is not None
    boot = Boot(route="room", build="b1", me=None, socket=SOCKET)
    text = Shell(client.manifest).page(boot, languages=languages).text or ""
    assert re.findall(r'modulepreload" href="/assets/(de[a-z-]*)\.js', text) == words


def test_a_page_travels_compressed_to_whoever_takes_it(dist: Path) -> None:
    client = load_client(dist)
    assert client is not None
    shell = Shell(client.manifest)
    for name in ("Ada", "Bo"):  # what is compressed once stays as it was
        boot = Boot(route="lobby", build="b1", me=Me("p_1", name, False), socket=SOCKET)
        plain = shell.page(boot, accepted="gzip;q=0, br")
        coded = shell.page(boot, accepted="gzip, br")
        assert "Content-Encoding" not in plain.headers
        assert coded.headers["Content-Encoding"] == "gzip"
        assert coded.headers["Vary"] == plain.headers["Vary"] == "Cookie, Accept-Encoding, Accept-Language"
        assert isinstance(coded.body, bytes)
        assert gzip.decompress(coded.body) == plain.body
        assert name in gzip.decompress(coded.body).decode()

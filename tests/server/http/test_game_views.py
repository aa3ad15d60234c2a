"""Modules of games are served under their hash, and nothing else of their packages is."""

import gzip
import hashlib
import re
import sys
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from kibitz.cli import main
from kibitz.codes import Code
from kibitz.http.game_views import VIEW_BYTES_MOST, GameViews
from kibitz.http.problems import ProblemError
from kibitz.ids import GameName
from support.running_server import running
from support.toy_games import Tally

TALLY = GameName("tally")
MODULE = b"export function mount(root, host) {}\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a_package_with_a_view"
    (folder / "web").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "web" / "view.js").write_bytes(MODULE)
    (folder / "web" / "secret.txt").write_text("secret")
    (folder / "web" / "large.js").write_bytes(b" " * (VIEW_BYTES_MOST + 1))
    (folder / "web" / "latin.js").write_bytes(b"\xe4")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def views(path: str) -> GameViews:
    class Viewed(Tally):
        view_module = f"a_package_with_a_view:{path}"

    return GameViews({TALLY: Viewed(), GameName("plain"): Tally()})


async def get(found: GameViews, path: str, coding: str = "") -> web.Response:
    return await found.serve(make_mocked_request("GET", path, headers={"Accept-Encoding": coding}))


async def test_a_module_lies_under_its_hash(package: Path) -> None:
    found = views("web/view.js")
    url = found.url(TALLY)
    assert url == f"/games/tally.{hashlib.sha256(MODULE).hexdigest()[:12]}.js"
    plain = await get(found, url)
    assert plain.body == MODULE
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    coded = await get(found, url, "gzip")
    assert isinstance(coded.body, bytes)
    assert gzip.decompress(coded.body) == MODULE
    assert found.url(GameName("plain")) is None
    assert found.missing == []


@pytest.mark.parametrize(
    "path", ["/games/tally.js", "/games/../secret.txt", "/games/web/secret.txt", "/games/"]
)
async def test_nothing_else_is_served(package: Path, path: str) -> None:
    with pytest.raises(ProblemError) as raised:
        await get(views("web/view.js"), path)
    assert raised.value.code is Code.NOT_FOUND


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("web/none.js", "No such file"),
        ("web/../web/view.js", "leads out of the package"),
        ("web//view.js", "leads out of the package"),
        ("web/large.js", "larger than 1024 KiB"),
        ("web/latin.js", "utf-8"),
    ],
)
def test_a_game_whose_module_cannot_be_read_is_played_without_it(
    package: Path, path: str, problem: str
) -> None:
    found = views(path)
    assert found.url(TALLY) is None
    assert [(each.game, problem in each.problem) for each in found.missing] == [(TALLY, True)]


def test_a_module_that_is_no_package_has_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_lone_module_with_a_view.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    class Viewed(Tally):
        view_module = "a_lone_module_with_a_view:no.js"

    found = GameViews({TALLY: Viewed()})
    assert [each.game for each in found.missing] == [TALLY]


async def test_over_the_wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [*sys.path])
    assert main(["new", "viewed-over-the-wire", "--view", "--in", str(tmp_path)], {}) == 0
    folder = tmp_path / "viewed-over-the-wire"
    async with running(tmp_path / "data", games=(folder,)) as server:
        _, listed = await server.get("/api/games")
        (url,) = [each["view"] for each in listed["games"] if each["name"] == "viewed-over-the-wire"]
        assert re.fullmatch(r"/games/viewed-over-the-wire\.[0-9a-f]{12}\.js", url)
        async with server.http.get(server.url + url, headers={"Accept-Encoding": "identity"}) as answer:
            assert answer.status == 200
            assert (
                await answer.read()
                == (folder / "src" / "kibitz_viewed_over_the_wire" / "view.js").read_bytes()
            )
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        for path in ("/games/", "/games/viewed-over-the-wire.js", "/games/..%2f..%2fpyproject.toml"):
            status, body = await server.get(path, Accept="text/html")
            assert (status, body["code"]) == (404, "not_found")

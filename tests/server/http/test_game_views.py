"""Modules of games are served under their hash, and nothing else of their packages is."""

import gzip
import hashlib
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from kibitz.codes import Code
from kibitz.http.game_views import VIEW_BYTES_MOST, GameViews
from kibitz.http.problems import ProblemError
from kibitz.ids import GameName
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

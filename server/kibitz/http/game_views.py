"""ES modules with which games from other packages draw themselves, served under their hash.

They are read once, at the start, and only what a game declared is served: there is no path to
traverse. docs/views.md is the contract between such a module and the client.
"""

import zlib
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from aiohttp import web
from msgspec import Struct

from kibitz.codes import Code
from kibitz.http.assets import IMMUTABLE, accepts
from kibitz.http.problems import ProblemError
from kibitz.ids import GameName
from kibitz.rules import Game

VIEW_BYTES_MOST = 1024 * 1024
_GZIP = 31
"""zlib's `wbits` for a gzip stream with the whole window."""


class MissingView(Struct, frozen=True):
    """A game whose module is not there: it is played by the generic view."""

    game: GameName
    problem: str


class _Module(Struct, frozen=True):
    plain: bytes
    gzip: bytes


class GameViews:
    """The modules of these games. What cannot be read is left out, and told in `missing`."""

    def __init__(self, games: Mapping[GameName, Game[Any]]) -> None:
        self._modules: dict[str, _Module] = {}
        self._urls: dict[GameName, str] = {}
        self.missing: list[MissingView] = []
        for name, game in games.items():
            if game.view_module is None:
                continue
            try:
                content = _read(game.view_module)
            except (ImportError, OSError, TypeError, ValueError) as error:
                self.missing.append(MissingView(name, f"{game.view_module}: {error}"))
                continue
            url = f"/games/{name}.{sha256(content).hexdigest()[:12]}.js"
            self._modules[url] = _Module(content, zlib.compress(content, 9, _GZIP))
            self._urls[name] = url

    def url(self, game: GameName) -> str | None:
        return self._urls.get(game)

    async def serve(self, request: web.Request) -> web.Response:
        """The handler of `/games/…`."""
        module = self._modules.get(request.path)
        if module is None:
            raise ProblemError(Code.NOT_FOUND)
        headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": IMMUTABLE,
            "Vary": "Accept-Encoding",
        }
        if accepts(request.headers.get("Accept-Encoding", ""), "gzip"):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=module.gzip, headers=headers)
        return web.Response(body=module.plain, headers=headers)


def _read(source: str) -> bytes:
    """The file that `package:path/to/view.js` names. Raises `ImportError`,
    `OSError`, `ValueError`, or `TypeError` where that is no package."""
    package, _, path = source.partition(":")
    parts = path.split("/")
    if ".." in parts or "" in parts:
        raise ValueError("the path leads out of the package")
    content = files(package).joinpath(*parts).read_bytes()
    if len(content) > VIEW_BYTES_MOST:
        raise ValueError(f"is larger than {VIEW_BYTES_MOST // 1024} KiB")
    content.decode("utf-8")  # `UnicodeDecodeError` is a `ValueError`
    return content

"""The first HTML of each route: shell, style, early script, preloads and boot data in one answer.

What this page carries decides how soon a player sees a board: every file that the route needs is
named in it, and every answer that the client would ask for first is in its boot object. A page never
creates a session.

Pages travel compressed: they hold nothing that is secret from whoever could choose a part of them.
"""

import zlib
from html import escape

import msgspec
from aiohttp import web
from msgspec import UNSET

from kibitz.http.assets import Manifest, accepts
from kibitz.http.headers import page_policy
from kibitz.http.resources.pages import Boot

_GZIP = 31
"""zlib's `wbits` for a gzip stream with the whole window."""

NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Kibitz</title>"
    "<h1>The players’ client is not built</h1>"
    "<p>The server runs, but its pages are missing: run <code>scripts/setup</code>, then start it again.</p>"
)


class Shell:
    """The page around the client; made once per build."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self.policy = page_policy([manifest.early_script_inline], [manifest.style_inline])
        icon = f'<link rel="icon" href="{escape(manifest.icon)}">\n' if manifest.icon else ""
        self._head = (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n'
            '<meta name="color-scheme" content="light dark">\n<title>Kibitz</title>\n'
            f"{icon}<style>{manifest.style_inline}</style>\n"
            f"<script>{manifest.early_script_inline}</script>\n"
        ).encode()
        # Most of a page is the same for all: it is compressed once, and each answer goes on from there.
        self._begun = zlib.compressobj(9, wbits=_GZIP)
        self._begun_bytes = self._begun.compress(self._head)

    def page(self, boot: Boot, *, status: int = 200, accepted: str = "", languages: str = "") -> web.Response:
        """The page of `boot.route`; `accepted` is the request's `Accept-Encoding`, `languages` its
        `Accept-Language`: the words of the first that the client speaks are asked for with the page."""
        rest = self._rest(boot, languages)
        if not accepts(accepted, "gzip"):
            return _html(self._head + rest, self.policy, status)
        compressor = self._begun.copy()
        body = self._begun_bytes + compressor.compress(rest) + compressor.flush()
        return _html(body, self.policy, status, coding="gzip")

    def body(self, boot: Boot) -> bytes:
        """The page as it is before it is compressed."""
        return self._head + self._rest(boot, "")

    def _rest(self, boot: Boot, languages: str) -> bytes:
        manifest = self._manifest
        chunks = [manifest.entry, *manifest.routes.get(boot.route, []), *self._words(boot.route, languages)]
        if boot.me is not None:  # who has a session gets a socket; of whom a kept page is, the browser knows
            chunks += manifest.routes.get("wire", [])
        if boot.room is not UNSET:
            own = manifest.routes.get(f"game:{boot.room.game}")
            chunks += manifest.routes.get("game:generic", []) if own is None else own
        preloads = "".join(
            f'<link rel="modulepreload" href="{escape(chunk)}">\n' for chunk in dict.fromkeys(chunks)
        )
        skeleton = manifest.skeleton.get(boot.route, manifest.skeleton.get("lobby", ""))
        # `<` could end the script element; as an escape it is the same JSON.
        data = msgspec.json.encode(boot).replace(b"<", b"\\u003c").decode("utf-8")
        return (
            f'{preloads}</head>\n<body>\n<div id="app">{skeleton}</div>\n'
            f'<script type="application/json" id="boot">{data}</script>\n'
            f'<script type="module" src="{escape(manifest.entry)}"></script>\n</body>\n</html>\n'
        ).encode()

    def _words(self, route: str, languages: str) -> list[str]:
        """English is in the code and has no files."""
        for tag in languages.split(","):
            code = tag.strip()[:2].lower()
            words = self._manifest.routes.get(f"lang:{code}")
            if words is not None:
                return [*words, *self._manifest.routes.get(f"lang:{code}:{route}", [])]
            if code == "en":
                break
        return []


def not_built() -> web.Response:
    return _html(NOT_BUILT.encode(), page_policy([], []), 503)


def html_page(body: bytes, policy: str, status: int, *, may_be_framed: bool = False) -> web.Response:
    """A page that is the same for everybody at this moment."""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
    }
    if not may_be_framed:
        headers["X-Frame-Options"] = "DENY"
    response = web.Response(body=body, status=status, headers=headers)
    response.enable_compression()
    return response


def _html(body: bytes, policy: str, status: int, *, coding: str | None = None) -> web.Response:
    return web.Response(
        body=body,
        status=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            **({} if coding is None else {"Content-Encoding": coding}),
            "Content-Security-Policy": policy,
            # Boot data is of this moment and of this session.
            "Cache-Control": "no-store" if status != 200 else "no-cache, private",
            "Vary": "Cookie, Accept-Encoding, Accept-Language",
            "X-Frame-Options": "DENY",
        },
    )

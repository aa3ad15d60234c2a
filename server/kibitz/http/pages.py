"""The first HTML of each route: shell, style, early script, preloads and boot data in one answer.

What this page carries decides how soon a player sees a board: every file that the route needs is
named in it, and every answer that the client would ask for first is in its boot object. A page never
creates a session.
"""

from html import escape

import msgspec
from aiohttp import web
from msgspec import UNSET

from kibitz.http.assets import Manifest
from kibitz.http.headers import page_policy
from kibitz.http.resources import Boot

NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Kibitz</title>"
    "<h1>The players’ client is not built</h1>"
    "<p>The server runs, but its pages are missing: run <code>scripts/setup</code>, then start it again.</p>"
)


class Shell:
    """The page around the client; made once per build."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._policy = page_policy([manifest.early_script_inline], [manifest.style_inline])
        icon = f'<link rel="icon" href="{escape(manifest.icon)}">\n' if manifest.icon else ""
        self._head = (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n'
            '<meta name="color-scheme" content="light dark">\n<title>Kibitz</title>\n'
            f"{icon}<style>{manifest.style_inline}</style>\n"
            f"<script>{manifest.early_script_inline}</script>\n"
        )

    def page(self, boot: Boot, *, status: int = 200) -> web.Response:
        """The page of `boot.route`."""
        manifest = self._manifest
        chunks = [manifest.entry, *manifest.routes.get(boot.route, [])]
        if boot.room is not UNSET:
            chunks += manifest.routes.get(f"game:{boot.room.game}", [])
        preloads = "".join(
            f'<link rel="modulepreload" href="{escape(chunk)}">\n' for chunk in dict.fromkeys(chunks)
        )
        skeleton = manifest.skeleton.get(boot.route, manifest.skeleton.get("lobby", ""))
        # `<` could end the script element; as an escape it is the same JSON.
        data = msgspec.json.encode(boot).replace(b"<", b"\\u003c").decode("utf-8")
        text = (
            f'{self._head}{preloads}</head>\n<body>\n<div id="app">{skeleton}</div>\n'
            f'<script type="application/json" id="boot">{data}</script>\n'
            f'<script type="module" src="{escape(manifest.entry)}"></script>\n</body>\n</html>\n'
        )
        return _html(text, self._policy, status)


def not_built() -> web.Response:
    return _html(NOT_BUILT, page_policy([], []), 503)


def _html(text: str, policy: str, status: int) -> web.Response:
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": policy,
            # Boot data is of this moment and of this session.
            "Cache-Control": "no-store" if status != 200 else "no-cache, private",
            "Vary": "Cookie",
            "X-Frame-Options": "DENY",
        },
    )

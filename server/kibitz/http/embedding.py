"""The page that shows a public room's board inside anybody's page, fed by the room's feed.

It is the only page that may be framed. It reads no session and sets no cookie, so there is nothing in it
that a page around it could abuse: what it shows, anybody may see.
"""

from html import escape

import msgspec
from aiohttp import web

from kibitz.codes import Code
from kibitz.http.assets import Client, EmbedEntry
from kibitz.http.catalog import Catalog
from kibitz.http.feed_entries import FeedSeat
from kibitz.http.headers import embed_policy
from kibitz.http.pages import NOT_BUILT, html_page
from kibitz.http.problems import ProblemError
from kibitz.ids import JOIN_CODE_LENGTH


class EmbedBoot(msgspec.Struct, frozen=True):
    """What the page knows before its feed speaks."""

    room: str
    title: str
    is_closed: bool
    seats: list[FeedSeat]


class Embedding:
    """The handler of `/embed/{room}`."""

    def __init__(self, client: Client | None, catalog: Catalog) -> None:
        entry = None if client is None else client.manifest.embed
        self._page = None if entry is None else _Page(entry)
        self._catalog = catalog

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/embed/{room}", self._get)

    async def _get(self, request: web.Request) -> web.Response:
        named = request.match_info["room"]
        if len(named) == JOIN_CODE_LENGTH:  # a code lets people in; a page for everybody must not hold it
            raise ProblemError(Code.UNKNOWN_ROOM)
        info = self._catalog.info(self._catalog.find(request, named))
        if info.is_private:
            raise ProblemError(Code.UNKNOWN_ROOM)
        if self._page is None:
            return html_page(NOT_BUILT.encode(), embed_policy(""), 503, may_be_framed=True)
        seats = [FeedSeat(seat.seat, seat.name, seat.is_bot) for seat in info.seats]
        return self._page.of(EmbedBoot(info.room_id, info.title, info.status == "closed", seats))


class _Page:
    """The page around the boot object; made once per build."""

    def __init__(self, entry: EmbedEntry) -> None:
        self._policy = embed_policy(entry.style_inline)
        self._style = entry.style_inline
        self._script = escape(entry.script)

    def of(self, boot: EmbedBoot) -> web.Response:
        # `<` could end the script element; as an escape it is the same JSON.
        data = msgspec.json.encode(boot).replace(b"<", b"\\u003c").decode("utf-8")
        text = (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>{escape(boot.title)}, live on Kibitz</title>\n<style>{self._style}</style>\n"
            f'<script type="module" src="{self._script}"></script>\n</head>\n'
            '<body>\n<main id="embed"></main>\n'
            f'<script type="application/json" id="boot">{data}</script>\n</body>\n</html>\n'
        )
        return html_page(text.encode(), self._policy, 200, may_be_framed=True)

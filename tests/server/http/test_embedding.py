"""The page for other people's pages: who may frame it, what it holds, and that it asks for no cookie."""

from pathlib import Path

import aiohttp
import pytest

from support.processes import ROOT
from support.running_server import Running, running

BUILT = ROOT / "server" / "web" / "dist"


@pytest.fixture(autouse=True)
def _is_built() -> None:
    if not (BUILT / "manifest.json").exists():
        pytest.skip("the players' client is not built")


async def _get(server: Running, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with server.http.get(server.url + path, headers=headers) as answer:
        return answer, await answer.text()


async def test_a_public_room_may_be_framed_by_anybody_and_no_other_page(tmp_path: Path) -> None:
    async with running(tmp_path, dist=BUILT) as server:
        match = await server.table()
        page, text = await _get(server, f"/embed/{match.room}", Cookie="kibitz_session=stolen")
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none';")
        assert "X-Frame-Options" not in page.headers
        assert "Set-Cookie" not in page.headers
        assert "Cookie" not in page.headers.get("Vary", "")
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert '"name":"Ada"' in text
        assert match.room in text
        for path in ("/", f"/room/{match.room}", f"/replay/{match.room}", "/nowhere"):
            other, _ = await _get(server, path, Accept="text/html")
            assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"], path
            assert other.headers["X-Frame-Options"] == "DENY"


async def test_private_rooms_codes_and_unknown_rooms_are_not_found(tmp_path: Path) -> None:
    async with running(tmp_path, dist=BUILT) as server:
        token = (await server.guest())["token"]
        private = await server.room(token, private=True)
        public = await server.room(token)
        for named in (private["room_id"], private["code"], public["code"], "no-such-room-no-such-ro"):
            page, text = await _get(server, f"/embed/{named}")
            assert (page.status, page.content_type) == (404, "application/problem+json"), named
            assert '"unknown_room"' in text
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


async def test_a_name_cannot_end_the_script_element(tmp_path: Path) -> None:
    async with running(tmp_path, dist=BUILT) as server:
        guest = await server.guest("</script><b>")
        room = await server.room(guest["token"])
        wire = await server.wire(guest["token"])
        await wire.emit("join", {"room": room["room_id"]})
        _, text = await _get(server, f"/embed/{room['room_id']}")
        assert "</script><b>" not in text
        assert "\\u003c/script>" in text


async def test_a_page_with_its_script_is_less_than_ten_kilobytes(tmp_path: Path) -> None:
    async with running(tmp_path, dist=BUILT) as server:
        match = await server.table()
        sizes = []
        async with aiohttp.ClientSession(auto_decompress=False) as http:
            script = next(BUILT.glob("assets/embed.*.js")).name
            for path in (f"/embed/{match.room}", f"/assets/{script}"):
                async with http.get(server.url + path, headers={"Accept-Encoding": "br, gzip"}) as answer:
                    assert answer.headers["Content-Encoding"] in ("br", "gzip", "deflate")
                    sizes.append(len(await answer.read()))
        assert sum(sizes) < 10_000, sizes

"""A person signs in by a provider: real provider, real server, real dashboard, one browser's cookies."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, DummyCookieJar

from kibitz_dashboard.core.session import COOKIE
from support.dashboard_process import DashboardProcess
from support.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider
from support.processes import environment, free_port
from support.running_server import running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class World:
    provider: OpenIdProvider
    server: str
    dashboard: str
    data: Path

    def account(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "kibitz", "admin", *arguments, "--data", str(self.data)]
        return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout


@dataclass
class Browser:
    """Follows redirects one by one and keeps cookies by port, as their paths and ages say."""

    http: ClientSession
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    async def get(self, url: str) -> tuple[ClientResponse, str]:
        parts = urlsplit(url)
        kept = self.cookies.setdefault(parts.netloc, {})
        headers = {"accept": "text/html", "cookie": "; ".join(f"{k}={v}" for k, v in kept.items())}
        async with self.http.get(url, headers=headers, allow_redirects=False) as answer:
            body = await answer.text()
            for line in answer.headers.getall("set-cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    assert morsel["httponly"], name
                    if morsel.value:
                        kept[name] = morsel.value
                    else:
                        kept.pop(name, None)
        return answer, body

    async def follow(self, url: str) -> tuple[ClientResponse, str, str]:
        """The answer that redirects nowhere, its text, and its address."""
        for _ in range(8):
            answer, body = await self.get(url)
            if answer.status not in (302, 303):
                return answer, body, url
            place = answer.headers["location"]
            parts = urlsplit(url)
            url = place if "://" in place else f"{parts.scheme}://{parts.netloc}{place}"
        raise AssertionError(f"it goes round in circles: {url}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("signed-in") / "data"
    secret = data.parent / "secret"
    secret.write_text(CLIENT_SECRET + "\n", "utf-8")
    port = free_port()
    async with OpenIdProvider() as provider:
        with DashboardProcess(data, f"http://127.0.0.1:{port}") as dashboard:
            async with running(
                data,
                port=port,
                oidc_issuer=provider.issuer,
                oidc_client_id=CLIENT_ID,
                oidc_secret_file=str(secret),
                dashboard_url=dashboard.url,
            ) as server:
                await dashboard.ready()
                yield World(provider, server.url, dashboard.url, data)


@pytest_asyncio.fixture(loop_scope="module")
async def browser(world: World) -> AsyncIterator[Browser]:
    world.provider.changed = {}
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        yield Browser(http)


async def test_the_login_offers_the_provider(world: World, browser: Browser) -> None:
    answer, body, _ = await browser.follow(world.dashboard)
    assert answer.status == 200
    assert f"Sign in with {urlsplit(world.provider.issuer).netloc}" in body


async def test_nobody_without_an_account_gets_in(world: World, browser: Browser) -> None:
    answer, body, _ = await browser.follow(f"{world.dashboard}/login/provider")
    assert answer.status == 403
    assert "have no account here" in body
    assert COOKIE not in browser.cookies[urlsplit(world.dashboard).netloc]


async def test_an_analyst_signs_in_looks_and_changes_nothing(world: World, browser: Browser) -> None:
    said = world.account("create", "ada@example.org", "--role", "analyst", "--provider")
    assert said == "ada@example.org can log in to the dashboard now, as an analyst.\n"
    assert "ada@example.org  analyst  by provider" in world.account("list")
    # by another name of this machine, whose cookies the way back would not see
    begin = world.dashboard.replace("127.0.0.1", "localhost") + "/login/provider"
    answer, _, url = await browser.follow(begin)
    assert (answer.status, url) == (200, f"{world.dashboard}/")
    kept = browser.cookies[urlsplit(world.dashboard).netloc]
    assert set(kept) == {COOKIE}
    asked = {"authorization": f"Bearer {kept[COOKIE]}"}
    looking = {"/api/admin/session": 200, "/api/admin/rooms": 200, "/api/admin/faults": 200}
    for path, status in (looking | {"/api/admin/audit": 403}).items():
        async with browser.http.get(world.server + path, headers=asked) as got:
            assert got.status == status, path
            told = await got.json()
            assert told.get("role", "analyst") == "analyst"
    for command in ("pause", "resume", "rewind", "kick", "close", "release"):
        path = f"{world.server}/api/admin/rooms/{'r' * 22}/{command}"
        async with browser.http.post(path, headers=asked, json={"to_version": 1, "seat": 0}) as got:
            assert (got.status, (await got.json())["code"]) == (403, "forbidden"), command
    world.account("remove", "ada@example.org")
    async with browser.http.get(f"{world.server}/api/admin/session", headers=asked) as got:
        assert got.status == 401


async def test_a_sign_in_of_another_browser_is_not_taken(world: World, browser: Browser) -> None:
    world.account("create", "ada@example.org", "--provider")
    answer, _ = await browser.get(f"{world.dashboard}/login/provider")
    there, _ = await browser.get(answer.headers["location"])
    victim = Browser(browser.http)
    answer, body = await victim.get(there.headers["location"])
    assert answer.status == 403
    assert "did not begin in this browser" in body
    assert not victim.cookies[urlsplit(world.dashboard).netloc]
    # whose it is can still use it, once
    answer, _ = await browser.get(there.headers["location"])
    assert answer.status == 303
    assert COOKIE in browser.cookies[urlsplit(world.dashboard).netloc]
    answer, _ = await browser.get(there.headers["location"])
    assert answer.status == 403


@pytest.mark.parametrize("query", ["", "?state=", "?code=x", "?state=x&code=y", "?error=access_denied"])
async def test_ways_back_that_nobody_began(world: World, browser: Browser, query: str) -> None:
    answer, body = await browser.get(f"{world.dashboard}/login/provider/back{query}")
    assert answer.status == 403
    assert "<form" in body


async def test_a_token_that_is_not_taken_is_said_and_written_down(world: World, browser: Browser) -> None:
    world.provider.changed = {"aud": "another-application"}
    answer, body, _ = await browser.follow(f"{world.dashboard}/login/provider")
    assert answer.status == 403
    assert "ID token is not taken" in body

"""The code flow against a real provider on loopback: who gets in, and everything that must not."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession

from kibitz.oidc.errors import ProviderAway, SignInRefused
from kibitz.oidc.settings import OidcSettings
from kibitz.oidc.sign_in import PENDING_S, SignIn
from support.openid_provider import OpenIdProvider


class Seconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def come_back(authorize_url: str) -> tuple[str, str]:
    """State and code that the provider sends the browser back with."""
    async with (
        ClientSession() as browser,
        browser.get(authorize_url, allow_redirects=False) as answer,
    ):
        found = parse_qs(urlsplit(answer.headers["Location"]).query)
        return found["state"][0], found["code"][0]


async def signed_in(sign_in: SignIn) -> str:
    begun = await sign_in.begin()
    state, code = await come_back(begun.authorize_url)
    assert state == begun.state
    return await sign_in.finish(state, code)


async def test_the_provider_says_who_it_is(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    assert await signed_in(SignIn(chosen, Seconds())) == "Ada@Example.org"
    assert provider.asked == ["discovery", "token", "keys"]


@pytest.mark.parametrize(("claim", "name"), [("sub", "u-17"), ("preferred_username", "ada")])
async def test_another_claim_may_be_the_name(
    provider: OpenIdProvider, chosen: OidcSettings, claim: str, name: str
) -> None:
    provider.person |= {"preferred_username": "ada", "email_verified": None}
    assert await signed_in(SignIn(replace(chosen, claim=claim), Seconds())) == name


async def test_what_is_published_is_read_once(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    sign_in = SignIn(chosen, Seconds())
    for _ in range(3):
        await signed_in(sign_in)
    assert provider.asked.count("discovery") == provider.asked.count("keys") == 1


async def test_a_new_key_of_the_provider_is_fetched(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    seconds = Seconds()
    sign_in = SignIn(chosen, seconds)
    await signed_in(sign_in)
    provider.turn_key()
    with pytest.raises(SignInRefused, match="does not publish"):
        await signed_in(sign_in)  # no oftener than every ten seconds, whoever sends what
    seconds.now += 11
    assert await signed_in(sign_in) == "Ada@Example.org"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"aud": "another-application"}, "[Aa]udience"),
        ({"aud": ["kibitz-dashboard", "another"]}, "another application"),
        ({"aud": ["kibitz-dashboard", "another"], "azp": "another"}, "another application"),
        ({"exp": 1_000_000}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": 4_000_000_000}, "iat"),
        ({"sub": None}, "sub"),
        ({"nonce": "of another sign-in"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"nonce": 7}, "another sign-in"),
        ({"email": None}, "no email"),
        ({"email": ["ada@example.org"]}, "no email"),
        ({"email_verified": False}, "has not checked"),
        ({"email_verified": "true"}, "has not checked"),
        ({"email_verified": None}, "has not checked"),
    ],
    ids=str,
)
async def test_a_token_that_is_not_about_this_sign_in(
    provider: OpenIdProvider, chosen: OidcSettings, changed: dict[str, object], why: str
) -> None:
    provider.changed = changed
    with pytest.raises(SignInRefused, match=why):
        await signed_in(SignIn(chosen, Seconds()))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_signature_that_proves_nothing(
    provider: OpenIdProvider, chosen: OidcSettings, algorithm: str
) -> None:
    provider.algorithm = algorithm
    with pytest.raises(SignInRefused, match="signed in a way"):
        await signed_in(SignIn(chosen, Seconds()))


async def test_a_key_of_somebody_else(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    sign_in = SignIn(chosen, Seconds())
    await signed_in(sign_in)
    known = provider.key_id
    provider.turn_key()
    provider.key_id = known  # the name of the right key, and another's signature
    with pytest.raises(SignInRefused, match="not taken"):
        await signed_in(sign_in)


async def test_a_state_counts_once_and_not_for_long(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    seconds = Seconds()
    sign_in = SignIn(chosen, seconds)
    begun = await sign_in.begin()
    state, code = await come_back(begun.authorize_url)
    await sign_in.finish(state, code)
    for unknown in (state, "never begun", ""):
        with pytest.raises(SignInRefused, match="sign in again"):
            await sign_in.finish(unknown, code)
    begun = await sign_in.begin()
    state, code = await come_back(begun.authorize_url)
    seconds.now += PENDING_S + 1
    with pytest.raises(SignInRefused, match="too long"):
        await sign_in.finish(state, code)


async def test_a_code_of_another_sign_in(provider: OpenIdProvider, chosen: OidcSettings) -> None:
    """Whoever plants their own code into a victim's browser fails by PKCE."""
    sign_in = SignIn(chosen, Seconds())
    _, stolen = await come_back((await sign_in.begin()).authorize_url)
    own = await sign_in.begin()
    with pytest.raises(SignInRefused, match="used already"):
        await sign_in.finish(own.state, stolen)


@pytest.mark.parametrize(
    ("published", "why"),
    [
        ({"issuer": "https://elsewhere.example"}, "calls itself"),
        ({"token_endpoint": "http://elsewhere.example/token"}, "without TLS"),
        ({"token_endpoint": None}, "lacks one"),
        ({"jwks_uri": "file:///etc/passwd"}, "without TLS"),
    ],
    ids=str,
)
async def test_a_provider_that_publishes_what_cannot_be(
    provider: OpenIdProvider, chosen: OidcSettings, published: dict[str, object], why: str
) -> None:
    provider.published = published
    with pytest.raises(ProviderAway, match=why):
        await SignIn(chosen, Seconds()).begin()


async def test_a_wrong_secret_is_the_operators_to_mend(
    provider: OpenIdProvider, chosen: OidcSettings
) -> None:
    with pytest.raises(ProviderAway, match=r"401 \(invalid_client\)"):
        await signed_in(SignIn(replace(chosen, client_secret="wrong"), Seconds()))


async def test_a_provider_that_is_away(chosen: OidcSettings) -> None:
    away = replace(chosen, issuer="http://127.0.0.1:9/realm")
    with pytest.raises(ProviderAway, match="cannot be reached"):
        await SignIn(away, Seconds()).begin()

"""A provider on loopback, and the settings of one who signs in by it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from kibitz.oidc.settings import OidcSettings
from support.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[OpenIdProvider]:
    async with OpenIdProvider() as running:
        yield running


@pytest.fixture
def chosen(provider: OpenIdProvider) -> OidcSettings:
    back = "http://127.0.0.1:8501/login/provider/back"
    return OidcSettings(provider.issuer, CLIENT_ID, CLIENT_SECRET, "email", back)

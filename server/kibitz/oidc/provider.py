"""The provider on the wire: what it publishes of itself, its keys, and a code made into an ID token.

Source: OpenID Connect Discovery 1.0; OpenID Connect Core 1.0, 3.1.3.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, hdrs

from kibitz.oidc.errors import ProviderAway, SignInRefused
from kibitz.oidc.settings import OidcSettings, is_safe, text

TIMEOUT_S = 5.0
ANSWER_BYTES_MAX = 256 * 1024
BELIEVED_S = 3600.0
"""How long what the provider publishes is used before it is asked again."""
KEYS_AGAIN_S = 10.0
"""Keys are read again for a token by an unknown key, and no more often than this."""


@dataclass(frozen=True, slots=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    is_secret_in_header: bool


class Provider:
    """One provider. Calls open a connection each, give up after `TIMEOUT_S` and raise `ProviderAway`."""

    def __init__(self, settings: OidcSettings, seconds: Callable[[], float]) -> None:
        self._settings = settings
        self._seconds = seconds
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, Mapping[str, object]] | None = None

    async def metadata(self) -> Metadata:
        if self._metadata is None or self._seconds() - self._metadata[0] > BELIEVED_S:
            self._metadata = (self._seconds(), await self._discover())
        return self._metadata[1]

    async def keys(self, *, again: bool = False) -> Mapping[str, object]:
        """The key set (RFC 7517); `again` where the one that is known lacks a key."""
        waits_s = KEYS_AGAIN_S if again else BELIEVED_S
        if self._keys is None or self._seconds() - self._keys[0] > waits_s:
            found = await self._read(hdrs.METH_GET, (await self.metadata()).jwks_uri)
            self._keys = (self._seconds(), found)
        return self._keys[1]

    async def id_token(self, code: str, verifier: str) -> str:
        """The ID token for a code that the browser brought. Raises `SignInRefused` too."""
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "client_id": self._settings.client_id,
            "code_verifier": verifier,
        }
        headers = {}
        if self._settings.client_secret and metadata.is_secret_in_header:
            # RFC 6749, 2.3.1: both are form-encoded before they are joined.
            pair = f"{quote_plus(self._settings.client_id)}:{quote_plus(self._settings.client_secret)}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        elif self._settings.client_secret:
            form["client_secret"] = self._settings.client_secret
        found = await self._read(hdrs.METH_POST, metadata.token_endpoint, form, headers)
        if not (token := text(found, "id_token")):
            raise ProviderAway(f"{self._settings.provider} gave no ID token.")
        return token

    async def _discover(self) -> Metadata:
        issuer = self._settings.issuer
        found = await self._read(hdrs.METH_GET, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if text(found, "issuer") != issuer:
            raise ProviderAway(
                f"{self._settings.provider} calls itself {text(found, 'issuer') or 'nothing'!r}, and "
                f"oidc_issuer is {issuer!r}: they have to be the same, to the last slash."
            )
        authorization, token, keys = (
            text(found, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        )
        if not all(map(is_safe, (authorization, token, keys))):
            raise ProviderAway(f"{self._settings.provider} names an endpoint without TLS, or lacks one.")
        methods = found.get("token_endpoint_auth_methods_supported")
        by_body = isinstance(methods, list) and "client_secret_basic" not in methods
        return Metadata(authorization, token, keys, is_secret_in_header=not by_body)

    async def _read(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, object]:
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=TIMEOUT_S)) as session,
                session.request(
                    method,
                    url,
                    data=form,
                    headers={"Accept": "application/json"} | dict(headers or {}),
                    allow_redirects=False,
                ) as response,
            ):
                return await self._answer(response)
        except (ClientError, OSError, TimeoutError) as error:
            raise ProviderAway(f"{self._settings.provider} cannot be reached.") from error

    async def _answer(self, response: ClientResponse) -> Mapping[str, object]:
        content = bytearray()
        async for part in response.content.iter_any():
            content += part
            if len(content) > ANSWER_BYTES_MAX:
                raise ProviderAway(f"{self._settings.provider} answers with more than is read.")
        try:
            found = msgspec.json.decode(bytes(content), type=dict[str, object])
        except msgspec.DecodeError as error:
            raise ProviderAway(f"{self._settings.provider} answers with what is no JSON object.") from error
        if response.status == 400 and text(found, "error") == "invalid_grant":
            raise SignInRefused("The provider's code was used already, or is too old: sign in again.")
        if response.status != 200:
            said = text(found, "error")[:60] or "no reason"
            raise ProviderAway(f"{self._settings.provider} answered {response.status} ({said}).")
        return found

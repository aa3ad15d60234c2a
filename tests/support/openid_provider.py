"""An OpenID provider on loopback: discovery, keys, the code flow with PKCE, and what goes wrong with them.

It logs everybody in as `person` at once, as a provider does with whom it knows.
"""

import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_plus, urlencode

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT_ID = "kibitz-dashboard"
CLIENT_SECRET = "s3cret / with: signs"


@dataclass
class OpenIdProvider:
    person: dict[str, object] = field(
        default_factory=lambda: {"sub": "u-17", "email": "Ada@Example.org", "email_verified": True}
    )
    """The claims of whoever signs in."""
    changed: dict[str, object] = field(default_factory=dict)
    """Claims that a token gets instead of the right ones; None leaves one out."""
    published: dict[str, object] = field(default_factory=dict)
    """What the discovery document says instead."""
    asked: list[str] = field(default_factory=list)
    algorithm: str = "ES256"

    def __post_init__(self) -> None:
        self._codes: dict[str, dict[str, str]] = {}
        self.turn_key()
        app = web.Application()
        app.router.add_get("/realm/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/realm/keys", self._keys)
        app.router.add_get("/realm/authorize", self._authorize)
        app.router.add_post("/realm/token", self._token)
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.close()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/realm"

    def turn_key(self) -> None:
        """From now on another key signs, and is the only one that is published."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.key_id = secrets.token_hex(4)

    async def _discovery(self, request: web.Request) -> web.Response:
        self.asked.append("discovery")
        found: dict[str, object] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
        return web.json_response(found | self.published)

    async def _keys(self, request: web.Request) -> web.Response:
        self.asked.append("keys")
        key = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [key | {"kid": self.key_id, "use": "sig", "alg": "ES256"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{back}")

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append("token")
        form = await request.post()
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = b64decode(pair).decode().partition(":")
        if (scheme, unquote_plus(name), unquote_plus(secret)) != ("Basic", CLIENT_ID, CLIENT_SECRET):
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self._codes.pop(str(form["code"]), None)  # a code counts once
        proof = urlsafe_b64encode(sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != proof or asked["redirect_uri"] != form["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        claims |= self.person | self.changed
        told = {name: value for name, value in claims.items() if value is not None}
        return web.json_response(
            {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(told)}
        )

    def _signed(self, claims: dict[str, Any]) -> str:
        headers = {"kid": self.key_id}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers=headers)
        if self.algorithm == "HS256":
            return jwt.encode(claims, CLIENT_SECRET.ljust(32, "x"), algorithm="HS256", headers=headers)
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=headers)

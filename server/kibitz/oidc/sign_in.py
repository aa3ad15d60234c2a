"""A sign-in from the first redirect to the name: what has to be remembered in between, and for how long."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from kibitz.oidc.errors import SignInRefused
from kibitz.oidc.id_token import UnknownKey, named_by, need_package
from kibitz.oidc.provider import Provider
from kibitz.oidc.settings import OidcSettings

PENDING_S = 600.0
PENDING_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what it has to bring back with it."""

    authorize_url: str
    state: str


@dataclass(frozen=True, slots=True)
class _Pending:
    begun_s: float
    nonce: str
    verifier: str


class SignIn:
    """Sign-ins by one provider. Nothing is stored: after a restart whoever was on the way begins anew."""

    def __init__(self, settings: OidcSettings, seconds: Callable[[], float]) -> None:
        """`seconds` is monotonic. Raises `OidcMissing`."""
        need_package()
        self.settings = settings
        self._provider = Provider(settings, seconds)
        self._seconds = seconds
        self._pending: dict[str, _Pending] = {}

    async def begin(self) -> Begun:
        """Raises `ProviderAway`."""
        metadata = await self._provider.metadata()
        self._forget()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        self._pending[state] = _Pending(self._seconds(), nonce, verifier)
        scope = {"email": "openid email", "preferred_username": "openid profile"}
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scope": scope.get(self.settings.claim, "openid"),
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joined = "&" if "?" in metadata.authorization_endpoint else "?"
        return Begun(metadata.authorization_endpoint + joined + urlencode(asked), state)

    async def finish(self, state: str, code: str) -> str:
        """What the provider calls whoever came back; a state counts once.

        That the same browser began it is for the caller to see to. Raises `SignInRefused`, `ProviderAway`.
        """
        pending = self._pending.pop(state, None)
        if pending is None or self._seconds() - pending.begun_s > PENDING_S:
            raise SignInRefused("This sign-in took too long, or was used already: sign in again.")
        token = await self._provider.id_token(code, pending.verifier)
        try:
            return named_by(token, await self._provider.keys(), pending.nonce, self.settings)
        except UnknownKey:  # providers change their keys
            keys = await self._provider.keys(again=True)
            return named_by(token, keys, pending.nonce, self.settings)

    def _forget(self) -> None:
        """The oldest ones: those whose time is over, and more where there are too many."""
        now_s = self._seconds()
        for state, pending in list(self._pending.items()):
            if now_s - pending.begun_s <= PENDING_S and len(self._pending) < PENDING_MOST:
                break
            del self._pending[state]

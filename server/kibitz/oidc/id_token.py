"""Whether an ID token is the provider's word about this sign-in, and whom it names.

Source: OpenID Connect Core 1.0, 3.1.3.7. The signature is checked although the token came straight from the
provider: then it does not matter by which way it came.
"""

from collections.abc import Mapping
from hmac import compare_digest

from kibitz.oidc.errors import OidcMissing, SignInRefused
from kibitz.oidc.settings import OidcSettings, text

try:
    import jwt
except ImportError:  # the extra `oidc` is not installed
    jwt = None  # type: ignore[assignment]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the provider's own. Never `none`, and none by a secret that we know too."""
LEEWAY_S = 60
_NEEDED = ["iss", "sub", "aud", "exp", "iat"]


class UnknownKey(SignInRefused):
    """The token is signed by a key that the key set lacks; a newer set may have it."""


def need_package() -> None:
    """Raises `OidcMissing`."""
    if jwt is None:
        raise OidcMissing


def named_by(token: str, keys: Mapping[str, object], nonce: str, settings: OidcSettings) -> str:
    """What the provider calls the person. Raises `SignInRefused`."""
    need_package()
    try:
        key = _key(token, keys)
        claims = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=settings.client_id,
            issuer=settings.issuer,
            leeway=LEEWAY_S,
            options={"require": _NEEDED},
        )
    except jwt.PyJWTError as error:
        raise SignInRefused(f"The provider's ID token is not taken: {error}.") from error
    if not compare_digest(text(claims, "nonce").encode(), nonce.encode()):
        raise SignInRefused("The provider's ID token belongs to another sign-in: try again.")
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != settings.client_id:
        raise SignInRefused("The provider's ID token was made for another application.")
    return _name(claims, settings.claim)


def _key(token: str, keys: Mapping[str, object]) -> "jwt.PyJWK":
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise SignInRefused("The provider's ID token is signed in a way that is not taken.")
    usable = [
        key
        for key in jwt.PyJWKSet.from_dict(dict(keys)).keys
        if key.public_key_use in (None, "sig") and key.key_type != "oct"
    ]
    wanted = header.get("kid")
    found = [key for key in usable if key.key_id == wanted] if wanted else usable
    if len(found) != 1:
        raise UnknownKey("The provider's ID token is signed by a key that it does not publish.")
    return found[0]


def _name(claims: Mapping[str, object], claim: str) -> str:
    name = text(claims, claim)
    if not name:
        raise SignInRefused(f"The provider's ID token has no {claim}.")
    # An address that nobody checked is one that anybody may have written there.
    if claim == "email" and claims.get("email_verified") is not True:
        raise SignInRefused("The provider has not checked that e-mail address.")
    return name

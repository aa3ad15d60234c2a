"""What a sign-in is set up with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kibitz.config import Settings
from kibitz.oidc.errors import OidcError

BACK_PATH = "/login/provider/back"
"""Where the provider sends the browser afterwards, on the dashboard; it is registered with the provider."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    issuer: str
    client_id: str
    client_secret: str
    """Empty for a public client, which PKCE alone protects."""
    claim: str
    """Which claim of the ID token is an account's name."""
    redirect_uri: str

    @property
    def provider(self) -> str:
        """As people know it: the host."""
        return urlsplit(self.issuer).netloc


def oidc_settings(settings: Settings) -> OidcSettings | None:
    """None where no provider is set. Raises `OidcError` for settings that cannot be used."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise OidcError("oidc_issuer is set and oidc_client_id is not: the provider says what it is.")
    secret = ""
    if settings.oidc_secret_file:
        try:
            secret = Path(settings.oidc_secret_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise OidcError(
                f"oidc_secret_file {settings.oidc_secret_file} cannot be read: {error}."
            ) from error
    dashboard = settings.dashboard_url or f"http://127.0.0.1:{settings.dashboard_port}"
    return OidcSettings(
        settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_claim, dashboard + BACK_PATH
    )


def is_safe(url: object) -> bool:
    """Whether secrets may go there: by TLS, or without leaving this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_near))


def text(found: Mapping[str, object], name: str) -> str:
    """A field that has to be text; empty where it is not."""
    value = found.get(name)
    return value if isinstance(value, str) else ""

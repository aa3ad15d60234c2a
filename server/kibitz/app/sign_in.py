"""The sign-in by a provider, where one is set."""

from typing import TYPE_CHECKING

from kibitz.app.datadir import StartError
from kibitz.clock import Clock
from kibitz.config import Settings
from kibitz.oidc.errors import OidcError
from kibitz.oidc.settings import oidc_settings

if TYPE_CHECKING:
    from kibitz.oidc.sign_in import SignIn


def sign_in_of(settings: Settings, clock: Clock) -> "SignIn | None":
    """None where no provider is set. Raises `StartError` for settings that cannot be used."""
    try:
        chosen = oidc_settings(settings)
        if chosen is None:
            return None
        from kibitz.oidc.sign_in import SignIn  # only then: it loads a cryptography library

        return SignIn(chosen, lambda: clock.monotonic_us() / 1_000_000)
    except OidcError as error:
        raise StartError(str(error)) from error

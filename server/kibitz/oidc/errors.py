"""What sign-in by a provider raises. Every text is a sentence that may be shown to whoever signs in."""


class OidcError(Exception):
    """Root of what sign-in by a provider raises."""


class ProviderAway(OidcError):
    """The provider did not answer, or not with what OpenID Connect promises; later it may."""


class SignInRefused(OidcError):
    """The provider, or what it said of this person, does not let them in."""


class OidcMissing(OidcError):
    """The package that checks tokens is not installed."""

    def __init__(self) -> None:
        super().__init__("Sign-in by a provider needs a package more: pip install 'kibitz[oidc]'.")

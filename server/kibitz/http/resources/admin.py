"""Admins' and analysts' sessions: `/api/admin/session`, `/api/admin/sign-in`."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from kibitz.http.resources.asked import Asked


class AdminLogin(Asked, frozen=True):
    """Name and password, or the token of a one-time link, or what a provider sent the browser back with."""

    name: str | UnsetType = UNSET
    password: Annotated[str, Meta(max_length=1024)] | UnsetType = UNSET
    link_token: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    state: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    code: Annotated[str, Meta(max_length=4096)] | UnsetType = UNSET


class AdminSession(Struct, frozen=True, omit_defaults=True):
    name: str
    expires_at_ms: int
    role: str
    token: str | None = None


class SignInOffer(Struct, frozen=True):
    """`provider` is its host; null where none is set."""

    provider: str | None


class SignInBegun(Struct, frozen=True):
    """The browser goes to `authorize_url` and comes to `back_url` afterwards; that it is the same
    browser, with that `state`, is for the caller to check."""

    authorize_url: str
    back_url: str
    state: str

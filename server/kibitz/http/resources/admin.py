"""Admins' sessions: `/api/admin/session`."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from kibitz.http.resources.asked import Asked


class AdminLogin(Asked, frozen=True):
    """Either name and password, or the token of a one-time link."""

    name: str | UnsetType = UNSET
    password: Annotated[str, Meta(max_length=1024)] | UnsetType = UNSET
    link_token: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET


class AdminSession(Struct, frozen=True, omit_defaults=True):
    name: str
    expires_at_ms: int
    token: str | None = None

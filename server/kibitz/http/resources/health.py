"""`/healthz` and `/readyz`."""

from msgspec import Struct


class Health(Struct, frozen=True):
    status: str

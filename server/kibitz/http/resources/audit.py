"""Who did what: `/api/admin/audit`."""

from typing import Annotated

from msgspec import Meta, Struct

from kibitz.http.resources.asked import Asked

AuditText = Annotated[str, Meta(max_length=200)]


class AuditQuery(Asked, frozen=True):
    """`before`: those that follow the page whose `next` that was."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    before: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    actor: AuditText = ""
    action: AuditText = ""
    subject: AuditText = ""


class AuditLine(Struct, frozen=True):
    """Somebody did something, or tried to; `subject` is what it was done to, as a room's id."""

    number: int
    at_ms: int
    actor: str
    action: str
    subject: str
    address: str
    detail: str


class Audit(Struct, frozen=True):
    """Newest first. `next` is what to ask `before` for those that follow, null at the end; a page of a
    rare thing may hold few entries and still have one."""

    entries: list[AuditLine]
    next: int | None

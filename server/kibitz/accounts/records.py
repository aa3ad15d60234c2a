"""What the accounts hand out. Frozen, and free of any secret: tokens travel beside them, once."""

from enum import StrEnum

from msgspec import Struct

from kibitz.ids import AdminName, PlayerId

LINK_ADMIN = AdminName("operator")
"""Who a one-time link logs in: whoever can start the server on this machine."""


class PlayerKind(StrEnum):
    GUEST = "guest"
    BOT = "bot"


class Player(Struct, frozen=True):
    player_id: PlayerId
    name: str
    kind: PlayerKind


class Role(StrEnum):
    ANALYST = "analyst"
    """Sees what is counted and what is live; changes nothing."""
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        return needed is Role.ANALYST or self is Role.ADMIN


class ComesBy(StrEnum):
    """How somebody proves that an account is theirs."""

    PASSWORD = "password"  # noqa: S105  (a word, not one)
    PROVIDER = "provider"
    """By an OpenID provider, which vouches for the name."""


class AdminAccount(Struct, frozen=True):
    name: AdminName
    role: Role
    comes_by: ComesBy
    created_us: int


class AdminSession(Struct, frozen=True):
    name: AdminName
    expires_us: int
    """On the wall clock. Does not move with use."""
    role: Role = Role.ADMIN
    """As the account has it now, whatever it was at the login."""


class LoginRefused(Struct, frozen=True):
    """Name and password do not fit, or it is too early to try again: the answer is the same for both,
    so that it tells nobody which admins there are."""

    retry_ms: int
    """How long this name is not tried again from this address; 0: at once."""


class AuditAction(StrEnum):
    """What the accounts themselves write down; other parts write actions of their own."""

    ADMIN_CREATED = "admin_created"
    ADMIN_REMOVED = "admin_removed"
    LOGIN = "login"
    LOGIN_REFUSED = "login_refused"
    LINK_CREATED = "link_created"
    LINK_REDEEMED = "link_redeemed"
    LOGOUT = "logout"


class AuditWanted(Struct, frozen=True):
    """Which entries: `before` this number, by this actor, of this action, about this subject; empty: any."""

    limit: int = 100
    before: int | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""


class AuditEntry(Struct, frozen=True):
    """Somebody did something. `detail` is text for people; never a secret."""

    actor: str
    action: str
    subject: str = ""
    address: str = ""
    detail: str = ""
    at_us: int = 0
    """Set when it is written."""


class AuditPage(Struct, frozen=True):
    """Numbered entries, newest first. `next` is what to ask `before` for those that follow; None at the
    end. A page may hold few entries, or none, and still have a `next`."""

    entries: tuple[tuple[int, AuditEntry], ...]
    next: int | None

"""Where reports go, from the environment; every part is left out by leaving its variable out."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from kibitz_etl.errors import EtlError


class BadSetting(EtlError):
    """A variable says what cannot be followed; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`dashboard`: the address that links in reports lead to.

    `smtp` is a URL, `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://`.
    `secret` signs what is sent to `webhook`.
    """

    dashboard: str = "http://127.0.0.1:8501"
    smtp: SplitResult | None = None
    mail_from: str = ""
    mail_to: tuple[str, ...] = ()
    webhook: str = ""
    secret: str = ""
    may_be_private: bool = False
    """Whether the webhook may be an address of a private network."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises `BadSetting`."""
    smtp = environment.get("KIBITZ_REPORTS_SMTP", "")
    found = Settings(
        dashboard=environment.get("KIBITZ_DASHBOARD_URL", "http://127.0.0.1:8501").rstrip("/"),
        smtp=_url("KIBITZ_REPORTS_SMTP", smtp, ("smtp", "smtps")) if smtp else None,
        mail_from=environment.get("KIBITZ_REPORTS_MAIL_FROM", ""),
        mail_to=tuple(
            each.strip() for each in environment.get("KIBITZ_REPORTS_MAIL_TO", "").split(",") if each.strip()
        ),
        webhook=environment.get("KIBITZ_REPORTS_WEBHOOK", ""),
        secret=environment.get("KIBITZ_REPORTS_WEBHOOK_SECRET", ""),
        may_be_private=environment.get("KIBITZ_REPORTS_WEBHOOK_PRIVATE", "") == "1",
    )
    if found.mail_to and (found.smtp is None or not found.mail_from):
        raise BadSetting(
            "KIBITZ_REPORTS_MAIL_TO needs KIBITZ_REPORTS_SMTP and KIBITZ_REPORTS_MAIL_FROM as well."
        )
    if found.webhook:
        _url("KIBITZ_REPORTS_WEBHOOK", found.webhook, ("http", "https"))
        if not found.secret:
            raise BadSetting(
                "KIBITZ_REPORTS_WEBHOOK needs KIBITZ_REPORTS_WEBHOOK_SECRET, which signs what is sent."
            )
    return found


def _url(name: str, text: str, schemes: tuple[str, ...]) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise BadSetting(
            f"{name} must be a URL that begins with {' or '.join(f'{each}://' for each in schemes)}."
        )
    return parts

"""Sending a report: by mail with its page attached, or as a signed call to a webhook."""

import hashlib
import hmac
import http.client
import ipaddress
import json
import smtplib
import socket
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kibitz_etl.errors import EtlError
from kibitz_etl.reports.make import Manifest
from kibitz_etl.reports.settings import Settings

ATTACHED_BYTES_MAX = 5_000_000
TIMEOUT_S = 20.0


class NotSent(EtlError):
    """Why it did not arrive; it may be tried again."""


def channels(settings: Settings) -> list[str]:
    return [
        *(["mail"] if settings.mail_to else []),
        *(["webhook"] if settings.webhook else []),
    ]


def send(channel: str, manifest: Manifest, folder: Path, settings: Settings) -> None:
    """Raises `NotSent`."""
    try:
        if channel == "mail":
            _mail(manifest, folder, settings)
        else:
            _call(manifest, settings)
    except (OSError, ValueError, smtplib.SMTPException, http.client.HTTPException) as error:
        # ValueError: an address or a path that cannot be put on the wire
        raise NotSent(f"{type(error).__name__}: {error}") from error


def letter(manifest: Manifest, folder: Path, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Kibitz: {manifest.title}"
    message["From"] = settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    # the same report sent twice is one to whoever sorts by this
    message["Message-ID"] = f"<{manifest.id}.{manifest.period}.{manifest.mart_version}@kibitz>"
    message.set_content(
        f"{manifest.title}\n\n{_link(manifest, settings)}\n\n"
        "Figures, PDF and tables are there; the page is attached.\n"
    )
    for name, kind in (("report.html", ("text", "html")), ("report.pdf", ("application", "pdf"))):
        data = (folder / name).read_bytes()
        if len(data) <= ATTACHED_BYTES_MAX:
            message.add_attachment(
                data,
                maintype=kind[0],
                subtype=kind[1],
                filename=f"kibitz-{manifest.id}-{manifest.period}{name[6:]}",
            )
    return message


def _mail(manifest: Manifest, folder: Path, settings: Settings) -> None:
    where = settings.smtp
    if where is None or where.hostname is None:
        raise NotSent("KIBITZ_REPORTS_SMTP is not set any more")
    make = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    with make(
        where.hostname, where.port or (465 if where.scheme == "smtps" else 587), timeout=TIMEOUT_S
    ) as server:
        if where.scheme == "smtp":
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            elif where.username:
                raise NotSent("the mail server offers no STARTTLS, and a password is not sent in the clear")
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(letter(manifest, folder, settings))


def signature(secret: str, body: bytes) -> str:
    """`sha256=` and the HMAC of the body; a receiver computes it again."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _call(manifest: Manifest, settings: Settings) -> None:
    parts = urlsplit(settings.webhook)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if not settings.may_be_private and not _is_public(host, port):
        raise NotSent(
            f"{host} is an address of a private network; "
            "set KIBITZ_REPORTS_WEBHOOK_PRIVATE=1 if that is meant"
        )
    told = {
        "report": manifest.id,
        "period": manifest.period,
        "title": manifest.title,
        "link": _link(manifest, settings),
        "mart_version": manifest.mart_version,
        "files": [{"name": each.name, "bytes": each.bytes, "sha256": each.sha256} for each in manifest.files],
    }
    body = json.dumps(told).encode()
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(host, port, timeout=TIMEOUT_S)
    try:
        connection.connect()
        # once more: the name may lead elsewhere than when it was asked for
        if not (settings.may_be_private or _is_global(connection.sock.getpeername()[0])):
            raise NotSent(f"{host} turned into an address of a private network")
        connection.request(
            "POST",
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            body,
            {
                "Content-Type": "application/json",
                "User-Agent": "kibitz",
                "Idempotency-Key": f"{manifest.id}/{manifest.period}/{manifest.mart_version}",
                "X-Kibitz-Signature": signature(settings.secret, body),
            },
        )
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:  # a redirect is not followed: it could lead into the private network
        raise NotSent(f"{host} answered {status}")


def _is_public(host: str, port: int) -> bool:
    """Whether every address of the name is one of the public internet."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return all(_is_global(str(each[4][0])) for each in found)


def _is_global(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _link(manifest: Manifest, settings: Settings) -> str:
    return f"{settings.dashboard}/reports?report={manifest.id}&of={manifest.period}"

"""How a server is reached: what it listens on, which names it answers to, and the cookie's name."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from kibitz.config import Settings


@dataclass(frozen=True, slots=True)
class Reach:
    """How the server is reached; every check of Host and Origin and every link comes from it.

    `hosts` and `origins` are exact, in lower case, as the headers carry them.
    """

    bind: str
    base_url: str
    hosts: frozenset[str]
    origins: frozenset[str]
    is_tls: bool

    @property
    def cookie_name(self) -> str:
        """With TLS the prefix makes browsers refuse a cookie that another host or a plain page set."""
        return ("__Host-" if self.is_tls else "") + "kibitz_session"


def reach(settings: Settings, port: int, addresses: Iterable[str] | None = None) -> Reach:
    """What follows from the settings once the port is known.

    `addresses`: the machine's own, for `lan`; by default they are asked of the system.
    """
    names = ["127.0.0.1", "localhost", "[::1]"]
    base = f"http://127.0.0.1:{port}"
    if settings.lan:
        lan = [f"[{a}]" if ":" in a else a for a in (own_addresses() if addresses is None else addresses)]
        names += [name for name in lan if name not in names]
        base = f"http://{lan[0]}:{port}" if lan else base
    hosts = {f"{name}:{port}".lower() for name in names}
    if port == 80:
        hosts |= {name.lower() for name in names}
    origins = {f"http://{host}" for host in hosts}
    if settings.public_url:
        base = settings.public_url
        hosts.add(urlsplit(base).netloc.lower())
        origins.add(base.lower())
    return Reach(
        bind="0.0.0.0" if settings.lan else "127.0.0.1",  # noqa: S104  # on purpose, by --lan
        base_url=base,
        hosts=frozenset(hosts),
        origins=frozenset(origins),
        is_tls=base.startswith("https:"),
    )


def own_addresses() -> list[str]:
    """The machine's addresses and name in its network, the likeliest first. Sends nothing."""
    found: list[str] = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # documentation network: connecting UDP only picks a route
            found.append(probe.getsockname()[0])
    except OSError:
        pass
    name = socket.gethostname().lower()
    try:
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(name, None, socket.AF_INET)]
    except OSError:
        pass
    found += [name, f"{name.removesuffix('.local')}.local"]
    return [a for a in dict.fromkeys(found) if not a.startswith("127.")]

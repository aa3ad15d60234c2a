"""The settings: one table, from which the flags, the variables, the file's keys and the docs come.

A value is taken from the first place that names it: the command line (`--ping-interval-ms`), the
environment (`KIBITZ_PING_INTERVAL_MS`), the settings file (`ping_interval_ms` in `kibitz.toml`), the
default. A key that no setting has and a value that its setting cannot take raise `SettingError`,
whose text is one sentence for the person who wrote it.
"""

# ruff: noqa: RUF009  # `_row` is `dataclasses.field` with the table's columns for names

import difflib
import ipaddress
import socket
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

ENV_PREFIX = "KIBITZ_"
DEFAULT_FILE = Path("kibitz.toml")

_REDIS = frozenset({"redis", "rediss", "unix"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class SettingError(Exception):
    """A setting that cannot be used; the text says which one, where it stands and what it may be."""


class Kind(Enum):
    """What a setting's value is; the text is what the docs and the messages call it."""

    WHOLE = "whole number"
    PATH = "path"
    PATHS = "list of paths"
    REDIS = "address of a Redis"
    SWITCH = "on or off"
    CHOICE = "choice"
    URL = "URL"
    NETWORKS = "list of addresses or networks"
    ISSUER = "OpenID provider"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `low` and `high` bound a whole number, `choices` name a choice's values."""

    name: str
    kind: Kind
    default: object
    meaning: str
    low: int = 0
    high: int = 2**31
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return ENV_PREFIX + self.name.upper()

    @property
    def is_secret(self) -> bool:
        """Whether its value may hold a password: for no command line and no message."""
        return self.kind is Kind.REDIS

    @property
    def takes(self) -> str:
        """The values it takes, in words."""
        match self.kind:
            case Kind.WHOLE:
                return f"a whole number from {self.low} to {self.high}"
            case Kind.CHOICE:
                return "one of " + ", ".join(self.choices)
            case Kind.SWITCH:
                return "on or off"
            case Kind.URL:
                return "an address like https://play.example.org, without a path"
            case Kind.NETWORKS:
                return "addresses or networks separated by commas, like 10.0.0.0/8"
            case Kind.ISSUER:
                return "an address like https://accounts.example.org/realm; http only on this machine"
            case Kind.TEXT:
                return "text"
            case Kind.REDIS:
                return "an address like redis://127.0.0.1:6379/0"
            case Kind.PATH:
                return "a path"
            case Kind.PATHS:
                return "paths separated by commas"

    def written(self, value: object) -> str:
        """The value as its flag takes it."""
        match value:
            case bool():
                return "on" if value else "off"
            case tuple():
                return ",".join(map(str, value))
            case _:
                return str(value)

    def parse(self, value: object) -> object:
        """The value of text (flag, variable) or of a TOML value. Raises `ValueError`."""
        match self.kind:
            case Kind.WHOLE:
                if isinstance(value, bool) or not isinstance(value, int | str):
                    raise ValueError
                number = int(value)
                if not self.low <= number <= self.high:
                    raise ValueError
                return number
            case Kind.SWITCH:
                if isinstance(value, bool):
                    return value
                word = str(value).lower()
                if word not in _TRUE | _FALSE:
                    raise ValueError
                return word in _TRUE
            case Kind.CHOICE:
                # TOML and habit write on/off as booleans.
                word = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value).lower()
                if word not in self.choices:
                    raise ValueError
                return word
            case Kind.URL:
                return _origin_of(str(value)) if value else ""
            case Kind.ISSUER:
                return _issuer_of(str(value)) if value else ""
            case Kind.TEXT:
                if not isinstance(value, str) or not value.isprintable():
                    raise ValueError
                return value
            case Kind.REDIS:
                if not isinstance(value, str) or (value and urlsplit(value).scheme not in _REDIS):
                    raise ValueError
                return value
            case Kind.NETWORKS:
                parts = value if isinstance(value, list) else str(value).split(",")
                texts = [str(part).strip() for part in parts]
                return tuple(str(ipaddress.ip_network(text)) for text in texts if text)
            case Kind.PATH:
                if not isinstance(value, str) or not value:
                    raise ValueError
                return Path(value)
            case Kind.PATHS:
                parts = value if isinstance(value, list) else str(value).split(",")
                if not all(isinstance(part, str) for part in parts):
                    raise ValueError
                return tuple(Path(part.strip()) for part in parts if part.strip())


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise ValueError
    if parts.path not in ("", "/") or parts.fragment:
        raise ValueError
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port
    return f"{parts.scheme}://{host}" + ("" if port in (None, default) else f":{port}")


def _issuer_of(url: str) -> str:
    """As it was given: an issuer is compared to the last slash."""
    parts = urlsplit(url)
    is_near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError
    if parts.scheme != "https" and not (parts.scheme == "http" and is_near):
        raise ValueError
    return url


def _row(default: T, kind: Kind, meaning: str, low: int = 0, high: int = 2**31, choices: str = "") -> T:
    row = Setting("", kind, default, meaning, low, high, tuple(choices.split()))
    value: T = field(default=default, metadata={"row": row})
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one server. Each field is one row of the table that `TABLE` lists."""

    data: Path = _row(
        Path("data"), Kind.PATH, "Directory of everything that is kept: journal, accounts, warehouse."
    )
    port: int = _row(
        8000, Kind.WHOLE, "Port of players' pages, REST and realtime; 0 takes any free one.", 0, 65535
    )
    dashboard_port: int = _row(8501, Kind.WHOLE, "Port of the dashboard, always on loopback.", 1, 65535)
    dashboard_url: str = _row(
        "",
        Kind.URL,
        "Address under which a reverse proxy offers the dashboard; a provider sends people back there.",
    )
    oidc_issuer: str = _row(
        "", Kind.ISSUER, "OpenID provider by which admins and analysts may sign in to the dashboard."
    )
    oidc_client_id: str = _row("", Kind.TEXT, "What the provider calls this dashboard.")
    oidc_secret_file: str = _row(
        "", Kind.TEXT, "File with the secret that the provider gave; without one, PKCE alone protects."
    )
    oidc_claim: str = _row(
        "email",
        Kind.CHOICE,
        "What of the provider's word is an account's name; an e-mail address has to be a checked one.",
        choices="email preferred_username sub",
    )
    games: tuple[Path, ...] = _row(
        (),
        Kind.PATHS,
        "Games beside the installed ones: Python files, or folders that `kibitz new` made.",
    )
    metrics_port: int = _row(
        0, Kind.WHOLE, "Port of the Prometheus metrics, always on loopback; 0 leaves them out.", 0, 65535
    )
    lan: bool = _row(
        False, Kind.SWITCH, "Listen on every interface, so that others in the same network can play."
    )
    public_url: str = _row(
        "",
        Kind.URL,
        "Address under which a reverse proxy offers this server; invite links use it, and with https the "
        "cookies are Secure.",
    )
    trusted_proxies: tuple[str, ...] = _row(
        (), Kind.NETWORKS, "Peers whose X-Forwarded-For is believed when limits are counted per address."
    )
    limits: str = _row(
        "on", Kind.CHOICE, "Rate limits; off lifts them for load tests, sizes stay bounded.", choices="on off"
    )
    service_worker: str = _row(
        "on",
        Kind.CHOICE,
        "Whether browsers may keep the players' pages for times without a connection; off ends it.",
        choices="on off",
    )
    ping_interval_ms: int = _row(10_000, Kind.WHOLE, "Time between two pings of a connection.", 100, 600_000)
    ping_timeout_ms: int = _row(
        5_000, Kind.WHOLE, "Time a connection has to answer a ping before it counts as lost.", 100, 600_000
    )
    batch_interval_ms: int = _row(
        0, Kind.WHOLE, "How long rooms gather patches into one batch; 0 sends each at once.", 0, 1_000
    )
    batch_compression: str = _row(
        "none",
        Kind.CHOICE,
        "How batches are compressed, once for all receivers.",
        choices="none gzip deflate",
    )
    telemetry: str = _row(
        "on",
        Kind.CHOICE,
        "Whether the server measures itself (response times, samples) and writes telemetry.",
        choices="on off",
    )
    cache: str = _row(
        "memory",
        Kind.CHOICE,
        "Where answers of REST are kept; local is a file of the data directory.",
        choices="memory local redis off",
    )
    cache_mib: int = _row(
        16, Kind.WHOLE, "Size of the kept answers in memory or in the local file, in MiB.", 1, 65_536
    )
    redis_url: str = _row("", Kind.REDIS, "The Redis in which answers are kept, where that is wanted.")
    quick_bots_ms: int = _row(
        20_000,
        Kind.WHOLE,
        "How long a quick match waits for people before bots take the free seats; 0 waits for ever.",
        0,
        3_600_000,
    )
    telemetry_days: int = _row(30, Kind.WHOLE, "How long telemetry is kept.", 1, 3650)
    match_unjoined_days: int = _row(
        7, Kind.WHOLE, "Days after which a match that nobody is connected to is closed.", 1, 3650
    )
    log_level: str = _row(
        "info", Kind.CHOICE, "The least serious messages that are logged.", choices="debug info warning error"
    )
    log_format: str = _row(
        "auto",
        Kind.CHOICE,
        "Form of the log on standard error; auto is plain on a terminal and JSON elsewhere.",
        choices="auto plain json",
    )

    @property
    def limits_on(self) -> bool:
        return self.limits == "on"

    @property
    def telemetry_on(self) -> bool:
        return self.telemetry == "on"

    def as_flags(self) -> list[str]:
        """A command line that, with `as_variables`, gives exactly these settings, whatever a file says."""
        public = (row for row in TABLE if not row.is_secret)
        return [part for row in public for part in (row.flag, row.written(getattr(self, row.name)))]

    def as_variables(self) -> dict[str, str]:
        """What a command line must not hold, since everybody on the machine can read it."""
        return {row.variable: row.written(getattr(self, row.name)) for row in TABLE if row.is_secret}


TABLE: tuple[Setting, ...] = tuple(replace(f.metadata["row"], name=f.name) for f in fields(Settings))
"""Every setting, in the order in which the help and the docs show them."""


def load(flags: Mapping[str, str], env: Mapping[str, str], file: Path | None = None) -> Settings:
    """The settings from flags (by setting name), environment and file.

    `file` must exist if it is given; otherwise `KIBITZ_CONFIG` names it (and it must exist), or it
    is `kibitz.toml` in the working directory, if there is one. Raises `SettingError`.
    """
    rows = {row.name: row for row in TABLE}
    values: dict[str, object] = {}
    if file is None and (named := env.get(ENV_PREFIX + "CONFIG")):
        file = Path(named)
    if file is not None or DEFAULT_FILE.is_file():
        path = file or DEFAULT_FILE
        for key, value in _read(path).items():
            row = rows.get(key)
            if row is None:
                raise SettingError(f"{path}: there is no setting called {key!r}{_nearest(key)}.")
            values[key] = _value(row, value, f"{path}: {key}")
    for row in TABLE:
        if (text := env.get(row.variable)) is not None:
            values[row.name] = _value(row, text, row.variable)
        if (text := flags.get(row.name)) is not None:
            values[row.name] = _value(row, text, row.flag)
    return Settings(**values)  # type: ignore[arg-type]  # each value was parsed by its own row


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"The settings file {path} is not valid TOML: {error}.") from error


def _value(row: Setting, value: object, where: str) -> object:
    try:
        return row.parse(value)
    except (ValueError, KeyError):
        given = "" if row.is_secret else f", not {value!r}"
        raise SettingError(f"{where} must be {row.takes}{given}.") from None


def _nearest(key: str) -> str:
    close = difflib.get_close_matches(key, [row.name for row in TABLE], 1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none; worth a warning, since others may use them."""
    known = {row.variable for row in TABLE} | {
        ENV_PREFIX + name for name in ("CONFIG", "NO_WEB", "PYTHON", "PARENT_FD")
    }
    return sorted(name for name in env if name.startswith(ENV_PREFIX) and name not in known)


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


def settings_table() -> str:
    """The table of docs/operating.md, in Markdown."""
    head = "| setting | flag | variable | takes | default | meaning |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{row.name}` | `{row.flag}` | `{row.variable}` | {row.takes} | "
        f"{'`' + shown + '`' if (shown := row.written(row.default)) else 'none'} | {row.meaning} |\n"
        for row in TABLE
    )

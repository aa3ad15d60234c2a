"""The settings: one table, from which the flags, the variables, the file's keys and the docs come.

A value is taken from the first place that names it: the command line (`--ping-interval-ms`), the
environment (`KIBITZ_PING_INTERVAL_MS`), the settings file (`ping_interval_ms` in `kibitz.toml`), the
default. A key that no setting has and a value that its setting cannot take raise `SettingError`,
whose text is one sentence for the person who wrote it.
"""

# ruff: noqa: RUF009  # `_row` is `dataclasses.field` with the table's columns for names

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TypeVar

from kibitz.setting import ENV_PREFIX, Kind, Setting

T = TypeVar("T")

DEFAULT_FILE = Path("kibitz.toml")


class SettingError(Exception):
    """A setting that cannot be used; the text says which one, where it stands and what it may be."""


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


def settings_table() -> str:
    """The table of docs/operating.md, in Markdown."""
    head = "| setting | flag | variable | takes | default | meaning |\n|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| `{row.name}` | `{row.flag}` | `{row.variable}` | {row.takes} | "
        f"{'`' + shown + '`' if (shown := row.written(row.default)) else 'none'} | {row.meaning} |\n"
        for row in TABLE
    )

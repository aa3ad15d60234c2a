"""What a setting is: its kind, what it takes, and how its text is read."""

import ipaddress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

ENV_PREFIX = "KIBITZ_"

_REDIS = frozenset({"redis", "rediss", "unix"})
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


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

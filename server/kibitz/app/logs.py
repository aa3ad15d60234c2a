"""Logs on standard error: JSON, one object a line, or plain where a person reads along.

Every line says to which request or event and to which room it belongs, where there is one. Control
characters are escaped in both forms, so that nothing a client sends can forge a line or drive a terminal,
and what looks like a secret is blanked out. Handlers never raise: a supervisor that was killed has closed
the pipe.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

from kibitz import tracing

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}

TEXT_MOST = 8_000
"""Characters of one field; a trace of a deep recursion has more."""
BLANK = "[secret]"
_SECRET_KEYS = re.compile(r"(?i)(?:^|_)(?:token|password|cookie|authorization|secret|seed)s?$")
_SECRETS = re.compile(
    r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{43}(?![\w-])"  # our tokens: 256 bits in base64
    r"|(?i:(?<=bearer )[\w.~+/=-]+)"
    r"|(?i:(?<=token=)[^\s&\"']+)"
    r"|(?i:(?<=password=)[^\s&\"']+)"
)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Everything beside level, logger and message: what is being handled, then the `extra` fields."""
    fields: dict[str, object] = dict(tracing.told())
    for key, value in vars(record).items():
        if key in _STANDARD:
            continue
        if _SECRET_KEYS.search(key):
            fields[key] = BLANK
        elif isinstance(value, bool | int | float) or value is None:
            fields[key] = value
        else:
            fields[key] = _text(str(value))
    return fields


def _text(text: str) -> str:
    if len(text) > TEXT_MOST:
        text = f"{text[:TEXT_MOST]} … ({len(text)} characters)"
    return _SECRETS.sub(BLANK, text)


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, message, and every `extra` field by its name."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _text(record.getMessage()),
        }
        fields |= _fields(record)
        if record.exc_info:
            fields["trace"] = _text(self.formatException(record.exc_info))
        return json.dumps(fields).replace("\x7f", "\\u007f")


class PlainFormatter(logging.Formatter):
    """`14:02:11 info  started (port=8000)`."""

    def format(self, record: logging.LogRecord) -> str:
        extra = ", ".join(f"{key}={value}" for key, value in _fields(record).items())
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        message = _text(record.getMessage())
        text = f"{message} ({extra})" if extra else message
        lines = [_escaped(f"{at} {record.levelname.lower():<7} {text}")]
        if record.exc_info:
            # Indented, so that the text of an error, which may quote a client, cannot pass for a line.
            trace = _text(self.formatException(record.exc_info)).split("\n")
            lines += [f"  {_escaped(line)}" for line in trace]
        return "\n".join(lines)


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)


def set_up_logs(level: str, form: str, stream: TextIO = sys.stderr) -> None:
    """Replace whatever handlers the root logger has."""
    plain = form == "plain" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter() if plain else JsonFormatter())
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)

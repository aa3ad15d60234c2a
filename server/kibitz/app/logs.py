"""Logs on standard error: JSON, one object a line, or plain where a person reads along.

Control characters are escaped in both forms, so that nothing a client sends can forge a line or
drive a terminal. Handlers never raise: a supervisor that was killed has closed the pipe.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, message, and every `extra` field by its name."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


class PlainFormatter(logging.Formatter):
    """`14:02:11 info  started (port=8000)`."""

    def format(self, record: logging.LogRecord) -> str:
        extra = ", ".join(f"{key}={value}" for key, value in vars(record).items() if key not in _STANDARD)
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        text = f"{record.getMessage()} ({extra})" if extra else record.getMessage()
        lines = [_escaped(f"{at} {record.levelname.lower():<7} {text}")]
        if record.exc_info:
            # Indented, so that the text of an error, which may quote a client, cannot pass for a line.
            trace = self.formatException(record.exc_info).split("\n")
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

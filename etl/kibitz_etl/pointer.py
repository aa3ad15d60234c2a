"""`current.json`: which mart is the newest, and how the ETL is. Replaced atomically.

Its time is also the ETL's sign of life: readers take an old one for a stopped ETL.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `current.json` says: which mart to read, and whether the ETL is alive and well."""

    mart: str | None
    mart_version: int
    watermark_seq: int
    models_digest: str
    rows_known: int
    """Rows loaded from all sources when it was published."""
    checked_at: datetime
    interval_s: float
    state: str
    """`ok`, `waiting` (no journal yet) or `failed`."""
    message: str


def read_pointer(path: Path) -> Pointer | None:
    """None when nothing was published, or what is there cannot be read: then publish anew."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Pointer(
            **{**found, "checked_at": datetime.fromisoformat(found["checked_at"]).replace(tzinfo=None)}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_pointer(path: Path, pointer: Pointer) -> None:
    """Replace the pointer atomically; a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {
            "mart": pointer.mart,
            "mart_version": pointer.mart_version,
            "watermark_seq": pointer.watermark_seq,
            "models_digest": pointer.models_digest,
            "rows_known": pointer.rows_known,
            "checked_at": pointer.checked_at.isoformat() + "Z",
            "interval_s": pointer.interval_s,
            "state": pointer.state,
            "message": pointer.message,
        },
        indent=1,
    )
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text + "\n", "utf-8")
    os.replace(draft, path)

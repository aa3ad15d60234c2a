"""How far closed days lie in the archive, by its manifest."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pandas as pd

MANIFEST_BYTES_MAX = 32 * 1024 * 1024


class ArchiveError(Exception):
    """The manifest cannot be read; the text is a sentence for an admin."""


class _Part(msgspec.Struct, frozen=True):
    rows: int
    bytes: int


class _Segment(msgspec.Struct, frozen=True):
    day: str
    first_seq: int
    last_seq: int
    events: _Part
    rooms: _Part


class _Manifest(msgspec.Struct, frozen=True):
    last_seq: int
    segments: list[_Segment] = []


@dataclass(frozen=True, slots=True)
class Archive:
    last_seq: int
    """Every event up to here lies in it."""
    segments: pd.DataFrame


def archive(data: Path) -> Archive | None:
    """None where nothing was archived yet. Raises `ArchiveError`."""
    path = data / "archive" / "manifest.json"
    try:
        if path.stat().st_size > MANIFEST_BYTES_MAX:
            raise ArchiveError(f"{path.name} of the archive is too large to be one.")
        told = msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ArchiveError(f"The archive's manifest cannot be read: {error}.") from error
    return Archive(
        told.last_seq,
        pd.DataFrame(
            {
                "Day (UTC)": [each.day for each in reversed(told.segments)],
                "From event": [each.first_seq for each in reversed(told.segments)],
                "To event": [each.last_seq for each in reversed(told.segments)],
                "Events": [each.events.rows for each in reversed(told.segments)],
                "Size": [each.events.bytes + each.rooms.bytes for each in reversed(told.segments)],
            }
        ),
    )

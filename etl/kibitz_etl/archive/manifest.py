"""What the archive holds, and how far it goes: `manifest.json`, replaced as a whole."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from kibitz_etl.errors import EtlError

FORMAT = "kibitz-archive/1"
NAME = "manifest.json"


class BadArchive(EtlError):
    """The archive is not what its manifest says, or not of this journal; one sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file, by its path below the archive."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Segment:
    """The events at the positions from `first_seq` to `last_seq`: those of the UTC day `day`, and what came
    late in it. `last_room_id` and `last_version` are of the last event; `days` counts by the events' own
    UTC days."""

    day: str
    first_seq: int
    last_seq: int
    last_room_id: str
    last_version: int
    events: Part
    rooms: Part
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Oldest first."""

    segments: Sequence[Segment] = ()

    @property
    def last_seq(self) -> int:
        """Every event up to here is in the archive."""
        return self.segments[-1].last_seq if self.segments else 0


def read_manifest(folder: Path) -> Manifest:
    """Empty where there is none. Raises `BadArchive`."""
    path = folder / NAME
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != FORMAT:
            raise BadArchive(f"{path} is of the form {told['format']}, made by a newer version.")
        segments = tuple(_segment(each) for each in told["segments"])
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadArchive(f"{path} cannot be read: {error}.") from error
    for before, after in pairwise(segments):
        if after.first_seq <= before.last_seq:
            raise BadArchive(f"{path} has two segments for the position {after.first_seq}.")
    return Manifest(segments)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replaces the one that is there; on the disk when this returns. Raises `OSError`."""
    told = {
        "format": FORMAT,
        "last_seq": manifest.last_seq,
        "segments": [asdict(each) for each in manifest.segments],
    }
    draft = folder / f".{NAME}.tmp"
    draft.write_text(json.dumps(told, indent=1) + "\n")
    draft.chmod(0o600)
    sync(draft)
    os.replace(draft, folder / NAME)
    sync(folder)


def part_of(folder: Path, path: Path, rows: int) -> Part:
    """A file as it lies there."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(path.relative_to(folder).as_posix(), rows, path.stat().st_size, found)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _segment(told: dict[str, Any]) -> Segment:
    return Segment(**{**told, "events": Part(**told["events"]), "rooms": Part(**told["rooms"])})

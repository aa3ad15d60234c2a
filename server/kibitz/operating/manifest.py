"""What a backup says about itself: which files, with which hashes, and how far the journal goes."""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from kibitz.operating.files import sha256_of

NAME = "manifest.json"
FORMAT = "kibitz-backup/1"


class BackedUp(Struct, frozen=True):
    """A file, by its path below the backup."""

    name: str
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True):
    """`last_id`, `events` and `rooms` are the journal's. Changes by gaining keys with defaults only."""

    made_at: str
    kibitz: str
    last_id: int
    events: int
    rooms: int
    files: tuple[BackedUp, ...]
    format: str = FORMAT


class BadBackup(Exception):
    """A backup that cannot be used, in one sentence."""


def write(folder: Path, manifest: Manifest) -> Path:
    path = folder / NAME
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    path.chmod(0o600)
    return path


def made_at(folder: Path) -> datetime | None:
    """When a backup was made; None for what is none of ours. Nothing else of it is looked at."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
        at = datetime.fromisoformat(manifest.made_at)
    except (OSError, ValueError):
        return None
    return at if at.tzinfo is not None else None


def described(folder: Path, path: Path) -> BackedUp:
    """A file as it is. Raises `OSError`."""
    return BackedUp(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path))


def verified(folder: Path) -> Manifest:
    """The manifest of a backup whose files are what it says. Raises `BadBackup`."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BadBackup(f"{folder} is no backup of Kibitz: it has no {NAME}.") from None
    except (OSError, msgspec.DecodeError) as error:
        raise BadBackup(f"{folder / NAME} cannot be read: {error}.") from None
    if manifest.format != FORMAT:
        raise BadBackup(f"{folder} is a backup of the form {manifest.format}, made by a newer version.")
    for file in manifest.files:
        path = folder / file.name
        # What stands in a manifest must not reach out of its folder.
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadBackup(f"{folder / NAME} names a file outside of the backup: {file.name}.")
        try:
            found = described(folder, path)
        except OSError as error:
            raise BadBackup(f"{path} is missing from the backup: {error.strerror}.") from None
        if found != file:
            raise BadBackup(f"{path} is damaged: it is not what was backed up.")
    return manifest

"""The reports on disk, as their manifests name them; nothing that no manifest names is ever read.

`data/reports/<report>/<period>/manifest.json` is written by whoever makes reports; both folder names are
checked, and so is that a file lies where it says.
"""

import re
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import msgspec

MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 1024 * 1024
SHOWN_MAX = 500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class File(msgspec.Struct, frozen=True):
    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    id: str
    title: str
    period: str
    files: list[File]
    zone: str = "UTC"
    mart_version: int = 0
    watermark_seq: int = 0
    sql: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Report:
    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.folder.parent.name

    @property
    def period(self) -> str:
        return self.folder.name

    @property
    def made_at(self) -> float:
        """Seconds since 1970."""
        return (self.folder / MANIFEST).stat().st_mtime

    @property
    def size(self) -> int:
        return sum(file.bytes for file in self.manifest.files)

    def file(self, name: str) -> Path | None:
        """Where a file of this report lies; None for one that is not there, or not in its manifest."""
        if not _FILE.fullmatch(name) or name not in {file.name for file in self.manifest.files}:
            return None
        path = self.folder / name
        is_here = path.is_file() and not path.is_symlink() and path.resolve().parent == self.folder.resolve()
        return path if is_here else None

    def faults(self) -> list[str]:
        """What is not as the manifest says: a missing file, another size. See `is_genuine` for contents."""
        found = []
        for file in self.manifest.files:
            path = self.file(file.name)
            if path is None:
                found.append(f"{file.name} is missing")
            elif path.stat().st_size != file.bytes:
                found.append(f"{file.name} has another size")
        return found

    def is_genuine(self, name: str) -> bool:
        """Whether the file's content is what the manifest's hash says."""
        path = self.file(name)
        wanted = next((file.sha256 for file in self.manifest.files if file.name == name), "")
        if path is None:
            return False
        with path.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest() == wanted


def shelf(root: Path) -> list[Report]:
    """All reports, the newest first; a folder without a readable manifest is no report."""
    found = [report for path in root.glob(f"*/*/{MANIFEST}") if (report := _read(path.parent)) is not None]
    found.sort(key=lambda report: (report.made_at, report.name, report.period), reverse=True)
    return found[:SHOWN_MAX]


def report(root: Path, name: str, period: str) -> Report | None:
    """One report by its folders' names; None for anything else."""
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(period):
        return None
    return _read(root / name / period)


def _read(folder: Path) -> Report | None:
    path = folder / MANIFEST
    if not _NAME.fullmatch(folder.name) or not _NAME.fullmatch(folder.parent.name):
        return None
    try:
        if path.is_symlink() or folder.is_symlink() or path.stat().st_size > MANIFEST_BYTES_MAX:
            return None
        return Report(folder, msgspec.json.decode(path.read_bytes(), type=Manifest))
    except (OSError, msgspec.DecodeError):
        return None

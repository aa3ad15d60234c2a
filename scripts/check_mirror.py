"""Checks that the tests mirror the packages: every test module has the module that it is about.

`tests/server/rooms/test_room.py` is about `server/kibitz/rooms/room.py` or the package
`server/kibitz/rooms/room/`; `tests/etl/test_load.py` about `etl/kibitz_etl/load.py`; likewise the
dashboard. A suffix after the module's name is allowed: `test_room_clocks.py` is about `room.py`.
Folders that hold tests of the whole (`conformance`, `clients`, `e2e`, `faults`, `docs`, `web`) have
no mirror.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MIRRORS = {
    "server": ROOT / "server" / "kibitz",
    "etl": ROOT / "etl" / "kibitz_etl",
    "dashboard": ROOT / "dashboard" / "kibitz_dashboard",
}


def subject_of(test: Path, tests: Path, package: Path) -> Path | None:
    """The module or package that `test` is about, or None when there is none."""
    folder = package / test.parent.relative_to(tests)
    words = test.stem.removeprefix("test_").split("_")
    for count in range(len(words), 0, -1):
        name = "_".join(words[:count])
        for candidate in (folder / f"{name}.py", folder / f"{name}.sql", folder / name):
            if candidate.exists():
                return candidate
    return folder if folder.is_dir() and folder.name == words[0] else None


def main() -> int:
    orphans = [
        test.relative_to(ROOT)
        for name, package in MIRRORS.items()
        for test in sorted((ROOT / "tests" / name).rglob("test_*.py"))
        if subject_of(test, ROOT / "tests" / name, package) is None
    ]
    for orphan in orphans:
        print(f"{orphan}: there is no module that these tests are about")
    return 1 if orphans else 0


if __name__ == "__main__":
    sys.exit(main())

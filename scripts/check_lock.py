"""Checks, without asking any registry, that requirements.lock fits pyproject.toml.

Every direct dependency, of every extra, must be pinned with hashes at a version that its specifier
allows. `scripts/lock` makes the lock anew.
"""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += [Requirement(line) for line in extra]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = {canonicalize_name(m["name"]): m["version"] for m in PIN.finditer(lock)}
    wrong = []
    for requirement in wanted:
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            wrong.append(f"{requirement.name} is not in requirements.lock; run scripts/lock")
        elif version not in requirement.specifier:
            wrong.append(f"{requirement.name} is locked at {version}, pyproject.toml asks for {requirement}")
    if lock.count("--hash=sha256:") < len(pinned):
        wrong.append("requirements.lock has pins without hashes; run scripts/lock")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

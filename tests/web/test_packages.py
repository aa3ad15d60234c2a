"""How many npm packages the players' client stands on: each is somebody else's code in the build."""

import json

from support.processes import ROOT

WEB = ROOT / "server" / "web"
RUN_TIME_MAX = 4
INSTALLED_MAX = 12
HERE = {"os": "linux", "cpu": "x64"}
"""Of a program that comes as one package for each platform, one is installed."""


def _packages() -> dict[str, dict[str, object]]:
    lock = json.loads((WEB / "package-lock.json").read_text())
    return {name: told for name, told in lock["packages"].items() if name}


def _is_for_here(told: dict[str, object]) -> bool:
    return all(key not in told or value in told[key] for key, value in HERE.items())  # type: ignore[operator]


def test_few_packages_reach_the_players() -> None:
    reached = [name for name, told in _packages().items() if not told.get("dev")]
    assert 0 < len(reached) <= RUN_TIME_MAX, reached


def test_few_packages_build_the_client() -> None:
    installed = [name for name, told in _packages().items() if _is_for_here(told)]
    assert 0 < len(installed) <= INSTALLED_MAX, installed


def test_each_package_is_pinned_by_its_digest() -> None:
    assert [name for name, told in _packages().items() if not told.get("integrity")] == []

"""Brains for trying the frame: good, failing, slow and talkative ones."""

import time
from typing import Any


def first(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    return "add", {"n": 1}


def echo(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    return "saw", {"view": view, "seat": seat, "seed": seed, "budget_ms": budget_ms}


def failing(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    raise RuntimeError("no idea")


def talkative(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    print("hm, let me see")
    return "drop", {"column": 3}


def hanging(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    time.sleep(600)
    return "drop", {"column": 3}

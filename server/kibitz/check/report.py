"""A check's report as a short table for a terminal."""

import shlex
from typing import Any

from kibitz.check.run import LENGTH_MOST, Plan, Report
from kibitz.rules import Game

_WIDTH = 10


def lines(game: Game[Any], source: str, plan: Plan, report: Report) -> list[str]:
    """`source` is how the game was asked for; it stands in the command that repeats a failure."""
    seats = (
        game.seats.least if game.seats.least == game.seats.most else f"{game.seats.least}-{game.seats.most}"
    )
    found = [
        f"{game.title} ({game.name}): {seats} seats, rules version {game.rules_version}, seed {plan.seed}"
    ]
    found += [f"  {topic:<{_WIDTH}} {text}" for topic, text in report.rows]
    took = f"{report.took_ms / 1000:.1f} s"
    failed = report.failed
    if failed is None:
        return [*found, f"passed in {took}"]
    found.append(f"  {failed.topic:<{_WIDTH}} FAILED: {failed.problem}")
    again = f"kibitz check {source} --seed {plan.seed}"
    if plan.options != "{}":
        again += f" --options {shlex.quote(plan.options)}"
    if plan.length_most != LENGTH_MOST:
        again += f" --turns {plan.length_most}"
    if failed.match is not None:
        found.append(f"failed in match {failed.match} at step {failed.step}, after {took}; to repeat it:")
        again += f" --only-match {failed.match}"
    else:
        found.append(f"failed after {took}; to repeat it:")
        if plan.rooms is not None:
            again += f" --matches {plan.rooms}"
    return [*found, f"  {again}"]

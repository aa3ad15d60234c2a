"""One check from its first match to its verdict."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from msgspec import Struct

from kibitz.check import variants
from kibitz.check.bots import Position, try_brain
from kibitz.check.findings import CheckFailed, Tally
from kibitz.check.onlookers import Onlookers
from kibitz.check.random_room import RandomRoom, Step
from kibitz.check.refold import Told, fold_again, fold_elsewhere
from kibitz.check.runaway import RanAway, ended
from kibitz.check.secrets import Secrets
from kibitz.clock import Clock
from kibitz.ids import Seat
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.views.views import EVERYBODY
from kibitz.rules import WAITING, Game

_PLAYING_SHARE = 0.55
_PATIENCE = 6
_BOTS_SHARE = 0.25
_POSITIONS_MOST = 40
_VARIED = 0.4
"""Of the rooms so many have other options than the defaults."""
_ELSEWHERE_LEAST_S = 30.0
LENGTH_MOST = 2_000


class Plan(Struct, frozen=True):
    """`rooms` random rooms, however long that takes; None: as many as fit into `seconds`.

    `only` plays one room, by its number, as it was played among the others: the same `seed` makes the same
    room. `length_most` bounds a match in turns; `options` is JSON text that the game's options decode from.
    """

    seed: int
    rooms: int | None = None
    seconds: float = 10.0
    only: int | None = None
    length_most: int = LENGTH_MOST
    bot_budget_ms: int = 200
    options: str = "{}"


@dataclass
class Report:
    """`rows` are topic and what was found; `failed` is None when every promise was kept."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    failed: CheckFailed | None = None
    took_ms: int = 0


def check(game: Game[Any], plan: Plan, clock: Clock) -> Report:
    """Never raises for what the game does."""
    running = _Check(game, plan, clock)
    began_us = clock.monotonic_us()
    report = Report()
    try:
        running.go(report)
    except CheckFailed as failed:
        report.failed = failed
        if not report.rows:
            report.rows.append(("matches", running.matches_row()))
    report.took_ms = (clock.monotonic_us() - began_us) // 1000
    return report


class _Check:
    def __init__(self, game: Game[Any], plan: Plan, clock: Clock) -> None:
        self._game = game
        self._plan = plan
        self._clock = clock
        self._began_us = clock.monotonic_us()
        self._tally = Tally()
        self._secrets = Secrets(game)
        self._rooms: list[Told] = []
        self._positions: list[Position] = []
        self._seen = 0
        self._step = 0
        self._bot_rng = Random(plan.seed)  # noqa: S311  # a check must be repeatable

    def go(self, report: Report) -> None:
        """Fill the rows in, one after the other. Raises `CheckFailed`."""
        plan, tally = self._plan, self._tally
        number = 0
        while self._goes_on(number):
            self._room(number if plan.only is None else plan.only)
            number += 1
        report.rows.append(("matches", self.matches_row()))
        self._coverage(report)
        refusals = ", ".join(f"{code} {count:,}" for code, count in tally.refusals.most_common())
        report.rows.append(("refusals", refusals or "nothing was refused"))
        hash_seed = fold_elsewhere(self._game, self._rooms, max(_ELSEWHERE_LEAST_S, 5 * plan.seconds))
        events = sum(len(room.events) for room in self._rooms)
        report.rows.append(
            (
                "fold",
                f"{events:,} events: the same bytes again, and in another process (hash seed {hash_seed})",
            )
        )
        viewers = "one view for all" if EVERYBODY in tally.viewers else f"{len(tally.viewers)} viewers"
        report.rows.append(("patches", f"{tally.patches:,} lead to the snapshot they announce ({viewers})"))
        report.rows.append(("views", "hold only values of canonical JSON"))
        if plan.only is None:
            report.rows.append(("secrets", self._secrets.verdict(tally.states)))
        until_s = self._elapsed_s() + plan.seconds * _BOTS_SHARE
        brain = try_brain(
            self._game, self._positions, plan.bot_budget_ms, lambda: self._elapsed_s() < until_s
        )
        report.rows.append(("bot", brain))

    def matches_row(self) -> str:
        tally = self._tally
        ends = (
            f"{tally.forfeits:,} forfeits, {tally.timeouts:,} time-outs, {tally.pauses:,} pauses and "
            f"{tally.rewinds:,} rewinds among them"
        )
        seats = ", ".join(map(str, sorted(tally.seats)))
        return (
            f"{tally.matches:,} with {seats} seats, {sum(tally.actions.values()):,} actions; {ends}; "
            f"the longest had {tally.longest} turns"
        )

    # ------------------------------------------------------------ playing

    def _goes_on(self, number: int) -> bool:
        plan = self._plan
        if plan.only is not None:
            return number == 0
        if plan.rooms is not None:
            return number < plan.rooms
        # What is rare in matches that are long is waited for.
        share = _PLAYING_SHARE if self._is_covered() else _PLAYING_SHARE * _PATIENCE
        return number == 0 or self._elapsed_s() < plan.seconds * share

    def _is_covered(self) -> bool:
        return self._phases() <= {WAITING, *self._tally.phases} and not (
            self._game.actions.keys() - self._tally.actions.keys()
        )

    def _elapsed_s(self) -> float:
        return (self._clock.monotonic_us() - self._began_us) / 1_000_000

    def _room(self, number: int) -> None:
        try:
            with ended():
                told = self._told(number)
        except CheckFailed as failed:
            raise failed.at(number, self._step) from None
        except RanAway as error:
            raise CheckFailed("dead ends", f"the game {error}").at(number, self._step) from None
        self._rooms.append(told)

    def _told(self, number: int) -> Told:
        """One room, watched at each of its steps. `_step` is the version that is being made or looked at."""
        self._step, plan = 1, self._plan
        # Two, so that what is compared changes nothing in what is played.
        rng = Random(f"{plan.seed}:{number}")  # noqa: S311  # a check must be repeatable
        drawing = Random(f"{plan.seed}:{number}:twins")  # noqa: S311
        options = plan.options
        if options == "{}" and rng.random() < _VARIED:
            options = variants.drawn(self._game, rng)
        room = RandomRoom(self._game, rng, self._tally, length_most=plan.length_most, options=options)
        onlookers = Onlookers(self._game, room.options, room.seats, self._tally)
        for step in room.play():
            self._step = step.event.version
            onlookers.see(step)
            self._secrets.look(step, room.fold, onlookers, drawing)
            self._remember(number, step, onlookers)
            self._step += 1
        told = Told(number, room.seats, options, tuple(room.events), tuple(onlookers.digests))
        fold_again(self._game, told)
        return told

    def _remember(self, number: int, step: Step, onlookers: Onlookers) -> None:
        """A fair sample of all positions in which somebody is to move, for the bot."""
        room = step.after
        if self._game.brain is None or room.state is None or room.status is not Status.PLAYING:
            return
        movers = [seat for seat in self._game.to_move(room.state) if room.players[seat] is not None]
        if not movers:
            return
        self._seen += 1
        place = len(self._positions)
        if place >= _POSITIONS_MOST:
            place = self._bot_rng.randrange(self._seen)
            if place >= _POSITIONS_MOST:
                return
        seat = Seat(self._bot_rng.choice(movers))
        viewer = EVERYBODY if EVERYBODY in onlookers.classes else seat
        position = Position(number, step.event.version, room.state, seat, onlookers.view(room, viewer).json)
        self._positions[place : place + 1] = [position]

    # ------------------------------------------------------------ what was reached

    def _phases(self) -> set[str]:
        return {WAITING} | {phase for leads in self._game.phases.table.values() for phase in leads}

    def _coverage(self, report: Report) -> None:
        reached = {WAITING, *self._tally.phases}
        self._cover(report, "phases", self._phases(), reached, "the phase", ", ".join(sorted(reached)))
        done = ", ".join(f"{name} {count:,}" for name, count in self._tally.actions.most_common())
        self._cover(report, "actions", set(self._game.actions), set(self._tally.actions), "the action", done)

    def _cover(
        self, report: Report, topic: str, wanted: set[str], reached: set[str], what: str, row: str
    ) -> None:
        missing = sorted(wanted - reached)
        if missing and self._plan.only is None:
            problem = f"{what} {missing[0]!r} was never reached in {self._tally.matches:,} matches"
            raise CheckFailed(topic, problem)
        report.rows.append((topic, row))

"""The clocks of a match that is played again at other times: when an act comes, and what it is charged."""

from kibitz.demo.scripts import Script, Step
from kibitz.rules import PerGame, PerMove


class MatchClocks:
    """What the clocks of a match charge, as the rooms charge it: see `kibitz.rooms.fold.clocks`."""

    def __init__(self, rule: object, seats: int, script: Script, at_us: int) -> None:
        self._rule = rule
        self._left = [rule.initial_ms if isinstance(rule, PerGame) else 0] * seats
        self._kept = list(self._left)
        self._to_move = script.begins
        self._phase = script.phase
        self._began = [at_us] * seats
        self._since = at_us

    def act(self, seat: int, at_us: int, think_us: int, step: Step) -> tuple[int, int | None]:
        """When the act comes, and what it is charged."""
        rule, spent = self._rule, None
        if isinstance(rule, PerGame):
            if self._to_move == (seat,):
                think_us = min(think_us, (self._left[seat] - 1) * 1_000)
                spent = think_us // 1_000
                self._left[seat] += rule.increment_ms - spent
            at_us += think_us
        elif isinstance(rule, PerMove):
            limit_us = (rule.limit_in(self._phase) - 1) * 1_000
            began_us = self._began[seat] if seat in self._to_move else at_us
            at_us = max(at_us + 1_000, min(began_us + think_us, began_us + limit_us))
            spent = max(0, at_us - began_us) // 1_000
        else:
            at_us += think_us
        self._moved(seat, at_us, step)
        return at_us, spent

    def fall(self, seat: int, at_us: int) -> tuple[int, int | None]:
        """When the clock of `seat` falls, and what is charged then."""
        spent, self._left[seat] = self._left[seat], 0
        return at_us + spent * 1_000, spent

    def charge(self, began_us: int, at_us: int, step: Step) -> tuple[int, int | None]:
        """Somebody leaves at `at_us`, or at the last moment before a clock falls: when, and what the clocks
        that run are charged."""
        charged: int | None = None
        if isinstance(self._rule, PerGame) and len(self._to_move) == 1:
            seat = self._to_move[0]
            charged = min((at_us - began_us) // 1_000, self._left[seat] - 1)
            at_us = began_us + charged * 1_000
            self._left[seat] -= charged
        elif isinstance(self._rule, PerMove) and self._to_move:
            limit_us = (self._rule.limit_in(self._phase) - 1) * 1_000
            last_us = min(self._began[seat] for seat in self._to_move) + limit_us
            at_us = max(began_us, min(at_us, last_us))
            charged = (at_us - self._since) // 1_000
        self._moved(None, at_us, step)
        return at_us, charged

    def keep(self) -> None:
        """The match may go back to here."""
        self._kept = list(self._left)

    def go_back(self, step: Step, at_us: int) -> None:
        self._left = list(self._kept)
        self._to_move, self._phase, self._since = step.to_move, step.phase_to or "", at_us
        self._began = [at_us] * len(self._began)

    def _moved(self, actor: int | None, at_us: int, step: Step) -> None:
        for seat in step.to_move:
            if seat == actor or seat not in self._to_move:
                self._began[seat] = at_us
        self._to_move, self._phase, self._since = step.to_move, step.phase_to or "", at_us

"""The newest ticks of one match, which may still change: what was done late counts where its player saw it.

States are values, so the last few are simply kept. An action that names an earlier tick is put in there
and what followed is played again; what lies further back than the window never changes any more, and may
be journalled.
"""

from collections import deque
from typing import Any

from kibitz.rooms.fold.event_args import TickInput, Ticks
from kibitz.rooms.fold.ticking import acted, tick
from kibitz.rules import Args, Referee, Refusal, State

WITHOUT_EFFECT_MOST = 8
"""Of one seat in one tick: nobody means more than that."""


class Timeline:
    """`now` is the newest tick, `first` the first one that is not journalled. Whatever a game's code
    raises passes through, and leaves everything as it was."""

    def __init__(self, referee: Referee[Any], game: State, first: int) -> None:
        self.first = first
        self._referee = referee
        self._late = referee.game.late_ticks
        self._oldest = first
        self._games: deque[State] = deque((game,))
        self._inputs: dict[int, list[TickInput]] = {}

    @property
    def now(self) -> int:
        return self._oldest + len(self._games) - 1

    @property
    def game(self) -> State:
        """The state of `now`."""
        return self._games[-1]

    @property
    def settled(self) -> tuple[int, State]:
        """The newest tick that cannot change any more, with its state."""
        return self._oldest, self._games[0]

    def advance(self) -> None:
        """One tick on."""
        self._games.append(tick(self._referee, self._games[-1], self._inputs.get(self.now, ())))
        if len(self._games) > self._late + 1:
            self._settle_oldest()

    def add(self, done: TickInput, payload: Args) -> Refusal | None:
        """Have an action count at its tick, or as near to it as still may change; in the order of seats
        where several did something in one tick. None: it does; else what the rules have against it, as
        far as is known by now: should what others did late leave room for it after all, it counts."""
        at = min(max(done.tick, self._oldest), self.now)
        before = self._inputs.get(at, [])
        earlier = [each for each in before if each.seat <= done.seat]
        game = acted(self._referee, self._games[at - self._oldest], earlier)
        refusal = self._referee.judge(game, done.seat, done.type, payload)
        moved = TickInput(at, done.seat, done.type, done.args, done.player_id, done.action_id)
        inputs = sorted([*before, moved], key=lambda each: each.seat)
        if refusal is not None or self._referee.apply(game, done.seat, done.type, payload) is game:
            if sum(each.seat == done.seat for each in before) < WITHOUT_EFFECT_MOST:
                self._inputs[at] = inputs
            return refusal
        games = list(self._games)
        for number in range(at, self.now):
            done_then = inputs if number == at else self._inputs.get(number, ())
            index = number - self._oldest
            games[index + 1] = tick(self._referee, games[index], done_then)
        self._inputs[at] = inputs
        self._games = deque(games)
        return None

    def seal(self, *, everything: bool) -> tuple[Ticks, State] | None:
        """What is to be journalled: the ticks that cannot change any more, or all of them, and the state
        after them. From now on none of them changes. None where there are none."""
        if everything:
            if self._inputs.get(self.now):
                self.advance()  # what was answered already is not lost
            while len(self._games) > 1:
                self._settle_oldest()
        upto, game = self._oldest, self._games[0]
        if upto == self.first:
            return None
        inputs = tuple(each for number in range(self.first, upto) for each in self._inputs.pop(number, ()))
        sealed = Ticks(self.first, upto - self.first, inputs)
        self.first = upto
        return sealed, game

    def _settle_oldest(self) -> None:
        """The oldest tick does not change any more: of what was done in it, what had no effect is dropped."""
        inputs, game = self._inputs.pop(self._oldest, None), self._games.popleft()
        if inputs is not None:
            kept = []
            for each in inputs:
                after = acted(self._referee, game, (each,))
                if after is not game:
                    kept.append(each)
                game = after
            if kept:
                self._inputs[self._oldest] = kept
        self._oldest += 1

    def unseal(self, ticks: Ticks) -> None:
        """What was sealed last could not be stored: the next seal begins with it."""
        self.first = ticks.first
        for each in ticks.inputs:
            self._inputs.setdefault(each.tick, []).append(each)

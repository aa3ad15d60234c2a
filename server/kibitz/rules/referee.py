"""The frame's hand on a game: decodes, judges and applies, and holds the game to its declaration.

Everything here is a pure function of its arguments; a room and a replay that call it in the same
order get the same bytes. What a game's code raises passes through: the caller decides what a fault
means. `RuleFault` is raised where the code returned something that its declaration excludes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from kibitz.codes import Code
from kibitz.ids import Seat
from kibitz.rules.actions import Action, Args, Move
from kibitz.rules.chance import Chance
from kibitz.rules.clocks import ClockRule, PerPhase
from kibitz.rules.domains import domain
from kibitz.rules.game import Game, State
from kibitz.rules.outcome import Outcome
from kibitz.rules.phases import FORFEIT, START, TICK, TIMEOUT, WAITING
from kibitz.rules.refusals import Refusal, refuse
from kibitz.rules.setup import Setup

StateT = TypeVar("StateT", bound=State)

_encode_args = msgspec.json.Encoder(order="sorted").encode


class RuleFault(Exception):
    """A game did what its declaration excludes. `line` of the message is the author's to find."""


class Referee(Generic[StateT]):
    """One per game and server; holds no state of any match."""

    def __init__(self, game: Game[StateT]) -> None:
        self.game = game
        self._phases = game.phases
        self._final = game.phases.final
        self._decoders = {
            name: msgspec.json.Decoder(each.payload).decode for name, each in game.actions.items()
        }
        self._encode_state = msgspec.msgpack.Encoder().encode
        self._decode_state: Callable[[bytes], Any] = msgspec.msgpack.Decoder(game.state).decode
        self._listed: list[tuple[str, Args]] | None = None
        self._options = msgspec.json.Decoder(game.options)

    # ------------------------------------------------------------ codecs

    def options(self, text: bytes | str) -> Any:
        """The game's options from JSON. Raises `msgspec.ValidationError` or `msgspec.DecodeError`."""
        return self._options.decode(text)

    def decode_args(self, name: str, text: bytes | str | msgspec.Raw) -> Args | Refusal:
        """The payload of the action `name`; `unknown_action` or `bad_args`."""
        decode = self._decoders.get(name)
        if decode is None:
            return refuse(Code.UNKNOWN_ACTION)
        try:
            payload: Args = decode(text)
        except msgspec.DecodeError as error:
            return refuse(Code.BAD_ARGS, str(error))
        return payload

    def encode_args(self, payload: Args) -> str:
        """Canonical JSON: the same payload is the same text, whatever the client wrote."""
        return _encode_args(payload).decode()

    def encode_state(self, state: StateT) -> bytes:
        return self._encode_state(state)

    def decode_state(self, encoded: bytes) -> StateT:
        """Raises `msgspec.DecodeError` where the bytes are no state of this game."""
        state: StateT = self._decode_state(encoded)
        return state

    # ------------------------------------------------------------ transitions

    def start(self, setup: Setup[Any]) -> StateT:
        return self._led(WAITING, START, self.game.setup(setup))

    def judge(self, state: StateT, seat: Seat, name: str, payload: Args) -> Refusal | None:
        """Why `seat` may not do this now: `wrong_phase`, `not_your_turn`, or a check's own refusal."""
        declared = self.game.actions[name]
        if (state.phase, name) not in self._phases.table:
            return refuse(Code.WRONG_PHASE)
        if not declared.out_of_turn and seat not in self.game.to_move(state):
            return refuse(Code.NOT_YOUR_TURN)
        for check in declared.checks:
            refusal = check(state, seat, payload)
            if refusal is not None:
                return refusal
        return None

    def apply(self, state: StateT, seat: Seat, name: str, payload: Args) -> StateT:
        """The state after an action that `judge` had nothing against."""
        declared: Action[StateT, Any] = self.game.actions[name]
        return self._led(state.phase, name, declared.apply(self.game, state, seat, payload))

    def timeout(self, state: StateT, seat: Seat) -> StateT:
        return self._led(state.phase, TIMEOUT, self.game.on_timeout(state, seat))

    def phase_over(self, state: StateT) -> StateT:
        """The state after the time of its phase was over."""
        return self._led(state.phase, TIMEOUT, self.game.on_phase_over(state))

    def tick(self, state: StateT) -> StateT:
        """The state one tick later; asked in phases that tick."""
        return self._led(state.phase, TICK, self.game.tick(state))

    def ticks(self, phase: str) -> bool:
        """Whether time moves a match on in this phase."""
        return (phase, TICK) in self._phases.table

    def forfeit(self, state: StateT, seat: Seat) -> StateT:
        return self._led(state.phase, FORFEIT, self.game.on_forfeit(state, seat))

    def clock(self, options: Any) -> ClockRule:
        """The clock under these options. Raises `RuleFault` if the game cannot run it."""
        rule = self.game.clock(options)
        if rule is None:
            return None
        hook = "on_phase_over" if isinstance(rule, PerPhase) else "on_timeout"
        if getattr(type(self.game), hook) is getattr(Game, hook):
            raise RuleFault(f"a clock of the type {type(rule).__name__} needs the method `{hook}`")
        if isinstance(rule, PerPhase):
            for phase in rule.limits_ms:
                if not self._phases.allows(phase, TIMEOUT):
                    raise RuleFault(f"the phase {phase!r} has a clock, but no {TIMEOUT!r} in the table")
        return rule

    # ------------------------------------------------------------ chance

    def chance(self, state: StateT) -> Chance | None:
        """The chance that the state holds; None where the game uses none."""
        found = getattr(state, "chance", None) if self.game.uses_chance else None
        return found if isinstance(found, Chance) else None

    def reseeded(self, state: StateT, seed: bytes) -> StateT:
        """The same state with another future: what was drawn stays, what will be is drawn from `seed`."""
        if not self.game.uses_chance:
            return state
        other: StateT = msgspec.structs.replace(state, chance=Chance(seed))
        return other

    def outcome(self, state: StateT) -> Outcome | None:
        """None while the match is on."""
        if state.phase not in self._final:
            return None
        outcome = self.game.outcome(state)
        if outcome is None:
            raise RuleFault(f"the phase {state.phase!r} is final, but there is no outcome")
        return outcome

    def _led(self, phase: str, trigger: str, state: StateT) -> StateT:
        if type(state) is not self.game.state:
            raise RuleFault(
                f"{trigger!r} returned a {type(state).__name__}, not a {self.game.state.__name__}"
            )
        if not self._phases.leads(phase, trigger, state.phase):
            raise RuleFault(f"{trigger!r} led from {phase!r} to {state.phase!r}, which the phases exclude")
        return state

    # ------------------------------------------------------------ moves

    def legal_moves(self, state: StateT, seat: Seat) -> list[Move]:
        """The candidates that `judge` has nothing against, in their order."""
        moves: list[Move] = []
        for name, payload in self._candidates(state, seat):
            if self.judge(state, seat, name, payload) is None:
                args: dict[str, Any] = msgspec.to_builtins(payload)
                moves.append(Move(name, args))
        return moves

    def fallback(self, state: StateT, seat: Seat, seed: int) -> Move | None:
        """A legal move for a bot whose brain named none, drawn by `seed`: from the better half where
        the author wrote `candidates` (the best come first there), else from all. None: there is none.
        """
        moves = self.legal_moves(state, seat)
        if not moves:
            return None
        is_ranked = type(self.game).candidates is not Game.candidates
        return moves[seed % ((len(moves) + 1) // 2 if is_ranked else len(moves))]

    def is_legal(self, state: StateT, seat: Seat, move: Move) -> bool:
        payload = self._payload(move)
        return payload is not None and self.judge(state, seat, move.type, payload) is None

    def _candidates(self, state: StateT, seat: Seat) -> list[tuple[str, Args]]:
        listed = self.game.candidates(state, seat)
        if listed is None:
            if self._listed is None:
                self._listed = [
                    (each.name, payload)
                    for each in self.game.actions.values()
                    if each.suggested
                    for payload in domain(each.payload) or []
                ]
            return self._listed
        pairs = ((move.type, self._payload(move)) for move in listed)
        return [(name, payload) for name, payload in pairs if payload is not None]

    def _payload(self, move: Move) -> Args | None:
        declared: Mapping[str, Action[Any, Any]] = self.game.actions
        if move.type not in declared:
            return None
        try:
            payload: Args = msgspec.convert(move.args, declared[move.type].payload)
        except msgspec.ValidationError:
            return None
        return payload

"""What a game's author imports. Declarations only: nothing in here does I/O or reads a clock."""

from kibitz.codes import Code
from kibitz.ids import Seat
from kibitz.rules.actions import Action, Args, Move, Stale, action
from kibitz.rules.brains import Brain
from kibitz.rules.chance import SEED_BYTES, Chance, commitment
from kibitz.rules.clocks import ClockRule, PerGame, PerMove, PerPhase
from kibitz.rules.declaration import DeclarationError
from kibitz.rules.durability import Durability
from kibitz.rules.game import Game, Seats, State
from kibitz.rules.outcome import Outcome, Value
from kibitz.rules.phases import FORFEIT, START, TICK, TIMEOUT, WAITING, Phases
from kibitz.rules.referee import Referee, RuleFault
from kibitz.rules.refusals import Refusal, illegal, refuse
from kibitz.rules.setup import NoOptions, Setup

__all__ = [
    "FORFEIT",
    "SEED_BYTES",
    "START",
    "TICK",
    "TIMEOUT",
    "WAITING",
    "Action",
    "Args",
    "Brain",
    "Chance",
    "ClockRule",
    "Code",
    "DeclarationError",
    "Durability",
    "Game",
    "Move",
    "NoOptions",
    "Outcome",
    "PerGame",
    "PerMove",
    "PerPhase",
    "Phases",
    "Referee",
    "Refusal",
    "RuleFault",
    "Seat",
    "Seats",
    "Setup",
    "Stale",
    "State",
    "Value",
    "action",
    "commitment",
    "illegal",
    "refuse",
]

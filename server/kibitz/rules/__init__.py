"""What a game's author imports. Declarations only: nothing in here does I/O or reads a clock."""

from kibitz.codes import Code
from kibitz.ids import Seat
from kibitz.rules.actions import Action, Args, Move, Stale, action
from kibitz.rules.brains import Brain
from kibitz.rules.clocks import ClockRule, PerGame
from kibitz.rules.declaration import DeclarationError
from kibitz.rules.game import Game, Seats, State
from kibitz.rules.outcome import Outcome, Value
from kibitz.rules.phases import FORFEIT, START, TIMEOUT, WAITING, Phases
from kibitz.rules.referee import Referee, RuleFault
from kibitz.rules.refusals import Refusal, illegal, refuse
from kibitz.rules.setup import NoOptions, Setup

__all__ = [
    "FORFEIT",
    "START",
    "TIMEOUT",
    "WAITING",
    "Action",
    "Args",
    "Brain",
    "ClockRule",
    "Code",
    "DeclarationError",
    "Game",
    "Move",
    "NoOptions",
    "Outcome",
    "PerGame",
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
    "illegal",
    "refuse",
]

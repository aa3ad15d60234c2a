"""A brain for Liar's Dice that counts, doubts and bluffs.

What it believes: its own dice for certain; every other die shows a face with the probability of a fair
one, made likelier for the faces that its owner has bid on in this round, because people bid on what they
have. From that it knows how probable each bid is, to itself and to those who cannot see its dice.

What it does: each possible bid is worth what follows from it, weighed by how likely it is to be called;
a call is worth how likely it is right. It picks by those worths at random, by `seed`: mostly the best,
sometimes another that is nearly as good, so that neither its bids nor its doubts tell its dice. A handful
of sums per question: far below any budget.
"""

import math
from random import Random
from typing import Any, NamedTuple

FACES, WILD = 6, 1
TRUST = 0.45
"""How much likelier than by chance a die shows what its owner bid on, at the owner's first bid on it."""
HEAT = 0.04
"""How far from the best a choice may be and still be made now and then."""
STEPS = 3
"""Bids on so many more dice than the standing one are thought about."""
DOUBT, SHARPNESS = 0.38, 5.0
"""Others begin to call at a bid of this probability, the sharper the fewer exceptions they make."""
QUIET = 0.14
"""What it is worth to pass the turn on unharmed, in dice."""


class Bid(NamedTuple):
    dice: int
    face: int


class Choice(NamedTuple):
    worth: float
    type: str
    args: dict[str, Any]


def choose(view: dict[str, Any], seat: int, seed: int, budget_ms: int) -> tuple[str, dict[str, Any]]:
    """A legal action. The same view, seat and seed give the same one; no time is read."""
    if view["phase"] == "revealed":
        return "ready", {}
    choices = weighed(view, seat)
    best = max(choice.worth for choice in choices)
    weights = [math.exp((choice.worth - best) / HEAT) for choice in choices]
    # Also seeded by what is seen: the same seed at two positions is no pattern to learn.
    chance = Random(f"{seed}:{seat}:{view['round']}:{len(view['bids'])}")  # noqa: S311
    chosen = chance.choices(choices, weights)[0]
    return chosen.type, chosen.args


def weighed(view: dict[str, Any], seat: int) -> list[Choice]:
    """What may be done now, and the dice that it is expected to win (above 0) or to lose."""
    belief = _Belief(view, seat)
    standing = Bid(view["bids"][-1]["count"], view["bids"][-1]["face"]) if view["bids"] else None
    choices = [
        Choice(belief.worth_of(bid), "bid", {"count": bid.dice, "face": bid.face})
        for bid in _raises(view, standing)
    ]
    if standing is not None:
        truth = belief.probability(standing)
        choices.append(Choice(1 - 2 * truth, "challenge", {}))
        if view["spot_on"]:
            exact = truth - belief.probability(Bid(standing.dice + 1, standing.face))
            others = sum(1 for place in view["places"] if place is None) - 1
            choices.append(Choice(exact * min(others, 2) - (1 - exact), "spot_on", {}))
    return choices


def _raises(view: dict[str, Any], standing: Bid | None) -> list[Bid]:
    low = WILD + 1 if view["wild_ones"] else 1
    dice = sum(view["counts"])
    if standing is None:
        # Nobody believes the first bid of a round to be far below what there is.
        counts = range(1, min(dice, dice // 3 + STEPS) + 1)
        return [Bid(count, face) for count in counts for face in range(low, FACES + 1)]
    counts = range(standing.dice, min(dice, standing.dice + STEPS) + 1)
    return [
        Bid(count, face) for count in counts for face in range(low, FACES + 1) if (count, face) > standing
    ]


class _Belief:
    """What one seat may think of the dice that it does not see."""

    def __init__(self, view: dict[str, Any], seat: int) -> None:
        self._wild = bool(view["wild_ones"])
        self._own: list[int] = view["dice"][seat] or []
        self._seat = seat
        self._counts: list[int] = view["counts"]
        self._said: dict[int, list[int]] = {}
        for bid in view["bids"]:
            faces = self._said.setdefault(bid["seat"], [])
            if bid["face"] not in faces:
                faces.append(bid["face"])

    def worth_of(self, bid: Bid) -> float:
        """If it is called, the truth decides; if not, somebody else is in need of a bid."""
        called = 1 / (1 + math.exp(SHARPNESS * (self.probability(bid, is_outside=True) - DOUBT) / 2))
        return called * (2 * self.probability(bid) - 1) + (1 - called) * QUIET

    def probability(self, bid: Bid, *, is_outside: bool = False) -> float:
        """That there are so many; `is_outside`: to those who do not see these dice but heard that bid."""
        chances: list[float] = []
        sure = 0
        fair = 2 / FACES if self._wild and bid.face != WILD else 1 / FACES
        for owner, count in enumerate(self._counts):
            if owner == self._seat and not is_outside:
                sure = sum(die == bid.face or (self._wild and die == WILD) for die in self._own)
                continue
            said = self._said.get(owner, [])
            lift = 0.0
            if owner == self._seat:
                lift = TRUST
            elif bid.face in said:
                lift = TRUST / (1 + said.index(bid.face))
            chances.extend([fair * (1 + lift)] * count)
        return _at_least(bid.dice - sure, chances)


def _at_least(needed: int, chances: list[float]) -> float:
    """The probability that so many of these come true."""
    if needed <= 0:
        return 1.0
    spread = [1.0] + [0.0] * needed  # the last place gathers all that is enough
    for chance in chances:
        spread[needed] += spread[needed - 1] * chance
        for count in range(needed - 1, 0, -1):
            spread[count] = spread[count] * (1 - chance) + spread[count - 1] * chance
        spread[0] *= 1 - chance
    return spread[needed]

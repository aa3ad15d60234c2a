"""From places to ratings: Plackett-Luce as Weng and Lin approximate it, by openskill.

The scale is the one people know: everybody begins at 1500, give or take 500. A player's standing, by which
they are ranked, is what we are nearly sure of: three deviations below the rating. Equal matches in equal
order give equal numbers, to the last bit.
"""

from collections.abc import Sequence

from msgspec import Struct
from openskill.models import PlackettLuce

BEGINNING = 1500.0
DEVIATION = 500.0
SURE = 3.0


class Rating(Struct, frozen=True):
    """`deviation` is one standard deviation of what is known about `rating`."""

    rating: float = BEGINNING
    deviation: float = DEVIATION

    @property
    def standing(self) -> float:
        return self.rating - SURE * self.deviation


class Rater:
    """Each player for themselves: members of a team that won share a place."""

    def __init__(self) -> None:
        self._model = PlackettLuce(mu=BEGINNING, sigma=DEVIATION, beta=DEVIATION / 2, tau=DEVIATION / 100)

    def rated(self, before: Sequence[Rating], places: Sequence[int]) -> list[Rating]:
        """The ratings after a match, in the order of `before`. Of `places` 1 is the best, equal ones tie."""
        teams = [[self._model.rating(mu=each.rating, sigma=each.deviation)] for each in before]
        return [
            Rating(team[0].mu, team[0].sigma)
            for team in self._model.rate(teams, ranks=[float(place) for place in places])
        ]

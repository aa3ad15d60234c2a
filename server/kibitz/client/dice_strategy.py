"""How bots of a load play Liar's Dice: by what they hold and what is likely, from the view alone."""

from collections.abc import Mapping, Sequence
from random import Random

from msgspec import Struct

from kibitz.client.suggestions import Suggestion
from kibitz.ids import Seat
from kibitz.sync.canonical import Value

FACES, WILD = 6, 1


class _Bid(Struct, frozen=True):
    count: int
    face: int


class DiceMoves:
    """Bids about as many as it has and can expect; calls what is far above that."""

    def is_turn(self, view: Value, seat: Seat) -> bool:
        if not isinstance(view, Mapping) or self.is_over(view):
            return False
        waiting = view.get("waiting")
        return view.get("turn") == seat or (isinstance(waiting, Sequence) and seat in waiting)

    def is_over(self, view: Value) -> bool:
        return isinstance(view, Mapping) and view.get("outcome") is not None

    def suggest(self, view: Value, seat: Seat, chance: Random) -> Sequence[Suggestion]:
        if not isinstance(view, Mapping):
            return []
        if view.get("phase") == "revealed":
            return [Suggestion("ready", {})]
        is_wild = view.get("wild_ones") is True
        own = _integers(_at(view.get("dice"), seat))
        hidden = max(0, sum(_integers(view.get("counts"))) - len(own))
        standing = _standing(view)

        def expected(face: int) -> float:
            """How many of this face there are, as far as this seat can tell."""
            mine = sum(die == face or (is_wild and die == WILD) for die in own)
            return mine + hidden * (2 if is_wild else 1) / FACES

        bids = [
            _Bid(count, face)
            for face in range(2 if is_wild else 1, FACES + 1)
            for count in range(1, hidden + len(own) + 1)
            if standing is None or (count, face) > (standing.count, standing.face)
        ]
        bids.sort(key=lambda bid: abs(expected(bid.face) - bid.count) + chance.random())
        moves = [Suggestion("bid", {"count": bid.count, "face": bid.face}) for bid in bids[:5]]
        if standing is None:
            return moves
        call = Suggestion("challenge", {})
        doubts = standing.count > expected(standing.face) + chance.random()
        return [call, *moves] if doubts else [*moves, call]


def _standing(view: Mapping[str, Value]) -> _Bid | None:
    bids = view.get("bids")
    last = bids[-1] if isinstance(bids, list) and bids else None
    if not isinstance(last, Mapping):
        return None
    count, face = last.get("count"), last.get("face")
    return _Bid(count, face) if isinstance(count, int) and isinstance(face, int) else None


def _at(values: Value, place: int) -> Value:
    return values[place] if isinstance(values, list) and 0 <= place < len(values) else None


def _integers(values: Value) -> list[int]:
    return [value for value in values if isinstance(value, int)] if isinstance(values, list) else []

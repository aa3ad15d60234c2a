"""Taking part in a room: who gets a seat, who watches, and what each is given to begin with."""

from collections.abc import Callable
from functools import partial

from kibitz.codes import Code
from kibitz.ids import PlayerId, Seat
from kibitz.journal.journal import CommitFailure
from kibitz.rooms.answers import JoinAnswer, JoinAs, Refused, Seated, refused
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.matches import Matches
from kibitz.rooms.seats import choose_seat
from kibitz.rooms.views.views import CatchUp, Held, Viewer, ViewFault


class Joining:
    """`catch_up` is the room's: what a viewer that holds something needs. May raise `ViewFault`."""

    def __init__(
        self,
        ledger: Ledger,
        matches: Matches,
        faults: Faults,
        catch_up: Callable[[Viewer, Held | None], CatchUp],
    ) -> None:
        self._ledger = ledger
        self._matches = matches
        self._faults = faults
        self._catch_up = catch_up

    def join(
        self, player: PlayerId, as_: JoinAs | None, seat: Seat | None, held: Held | None, answer: JoinAnswer
    ) -> None:
        """See `Room.join`."""
        if held is not None and held.checksum is None:
            held = None  # it may be what they saw from another seat
        if self._ledger.is_closing:
            answer(self._no(Code.ROOM_CLOSED))
            return
        state = self._ledger.applied
        chosen: Seat | Code | None = None
        if as_ is not JoinAs.SPECTATOR:
            chosen = choose_seat(state, player, seat, must_play=as_ is JoinAs.PLAYER)
        if isinstance(chosen, Code):
            answer(self._no(chosen))
        elif chosen is None or state.players[chosen] == self._ledger.committed.players[chosen] == player:
            answer(self._seated(chosen, held))
        elif (obstacle := self._ledger.obstacle()) is not None:
            # Nobody can play in a faulted room, and anybody may look at it.
            may_watch = obstacle is Code.ROOM_FAULTED and as_ is None
            answer(self._seated(None, held) if may_watch else self._no(obstacle))
        else:
            reply = partial(self._reply, answer, chosen, held)
            if state.players[chosen] == player:  # asked a second time before the first was committed
                self._ledger.reply_when_settled(state.version, reply)
            else:
                self._matches.take_seat(player, chosen, reply)

    def _seated(self, seat: Seat | None, held: Held | None) -> Seated | Refused:
        try:
            return Seated(seat, self._catch_up(seat, held))
        except ViewFault:
            self._faults.stop("the game failed to show itself")
            return self._no(Code.GAME_FAULT)

    def _reply(
        self, answer: JoinAnswer, seat: Seat, held: Held | None, failure: CommitFailure | None
    ) -> None:
        answer(self._seated(seat, held) if failure is None else self._no(Code.UNAVAILABLE))

    def _no(self, code: Code) -> Refused:
        return refused(code, self._ledger.committed.version)

"""What an admin may do to a room: like everything else an event, answered once it is committed."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from kibitz.codes import Code
from kibitz.ids import Seat, Version, new_epoch
from kibitz.journal.journal import CommitFailure, JournalError
from kibitz.journal.records import EventKind, NewRoom
from kibitz.rooms.answers import DoneAnswer, Left, Refused, refused
from kibitz.rooms.fold.event_args import Closed, Paused, Reopened, Rewound, encode_args
from kibitz.rooms.fold.event_args import Left as LeftArgs
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import allows
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.ledger.in_flight import Reply
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.ledger.recovery import state_at
from kibitz.rooms.matches import Matches
from kibitz.rooms.services.services import Services
from kibitz.rules import SEED_BYTES

T = TypeVar("T")


class Commands:
    """See the methods of the same names of `Room`."""

    def __init__(
        self,
        services: Services,
        record: NewRoom,
        fold: Fold,
        ledger: Ledger,
        matches: Matches,
        faults: Faults,
    ) -> None:
        self._services = services
        self._record = record
        self._fold = fold
        self._ledger = ledger
        self._matches = matches
        self._faults = faults

    def pause(self, reason: str, answer: DoneAnswer) -> None:
        if not self._may(EventKind.PAUSED, answer):
            return
        ledger, now_us = self._ledger, self._services.time.now_us()
        charged_ms = ledger.flag.charged_ms(ledger.applied, ledger.applied_since_us, now_us)
        args = Paused(reason, charged_ms)
        ledger.append(
            EventKind.PAUSED,
            self._fold.paused(ledger.applied, self._now_us(), args),
            args=encode_args(args),
            charged_to_us=now_us,
            reply=self._reply(answer),
        )

    def resume(self, answer: DoneAnswer) -> None:
        if not self._may(EventKind.RESUMED, answer):
            return
        try:
            resumed = self._guarded(partial(self._fold.resumed, self._ledger.applied, self._now_us()))
        except FAULTS:
            self._faults.count("the game failed at a resume")
            answer(self._no(Code.GAME_FAULT))
            return
        self._ledger.append(EventKind.RESUMED, resumed, reply=self._reply(answer))

    def rewind(self, to_version: Version, answer: DoneAnswer, patience: int = 3) -> None:
        if not self._may(EventKind.REWOUND, answer, faulted_too=True):
            return
        applied = self._ledger.applied
        if applied is not self._ledger.committed:  # what waits for its commit is part of the history
            again = partial(self._rewind_again, to_version, answer, patience)
            self._ledger.reply_when_settled(applied.version, again)
            return
        seed = self._services.entropy(SEED_BYTES) if self._fold.referee.game.uses_chance else None
        epoch = new_epoch(self._services.entropy)
        try:
            target = self._state_at(to_version)
            if target is None or not target.is_match_on or _is_anybody_gone(target, applied):
                answer(self._no(Code.WRONG_PHASE))
                return
            rewound = self._guarded(partial(self._fold.rewound, applied, self._now_us(), target, seed, epoch))
        except JournalError:
            answer(self._no(Code.UNAVAILABLE))
            return
        except FAULTS:
            self._faults.log("the game failed at a rewind")
            answer(self._no(Code.GAME_FAULT))
            return
        args = Rewound(to_version, None if seed is None else seed.hex())
        was_stopped = self._faults.is_stopped
        self._faults.mend()
        reply = partial(self._rewound, answer, was_stopped)
        self._ledger.append(EventKind.REWOUND, rewound, args=encode_args(args), reply=reply)

    def _rewound(self, answer: DoneAnswer, was_stopped: bool, failure: CommitFailure | None) -> None:
        if failure is not None and was_stopped:
            self._faults.stop_again()  # what failed was not taken back after all
        self._answer(answer, failure)

    def _rewind_again(
        self, to_version: Version, answer: DoneAnswer, patience: int, failure: CommitFailure | None
    ) -> None:
        if failure is not None:
            answer(self._no(Code.UNAVAILABLE))
        elif patience <= 0:
            answer(self._no(Code.ROOM_BUSY))
        else:
            self.rewind(to_version, answer, patience - 1)

    def kick(self, seat: Seat, answer: DoneAnswer) -> None:
        self._matches.let_flag_fall(self._services.time.now_us())
        ledger = self._ledger
        players = ledger.applied.players
        why = ledger.obstacle()
        if why is None and not (0 <= seat < len(players) and players[seat] is not None):
            why = Code.NOT_SEATED
        why = why or self._matches.vacate(seat, LeftArgs(LeftArgs.KICKED), self._reply(answer))
        if why is not None:
            answer(self._no(why))

    def reopen(self, reason: str) -> None:
        state = self._ledger.applied
        if self._ledger.is_closing or not allows(state.status, EventKind.REOPENED):
            return
        reopened = self._fold.reopened(state, self._now_us(), new_epoch(self._services.entropy))
        self._ledger.append(EventKind.REOPENED, reopened, args=encode_args(Reopened(reason)))

    def close(self, reason: str, answer: DoneAnswer | None) -> None:
        if self._ledger.is_closing:
            if answer is not None:
                answer(self._no(Code.ROOM_CLOSED))
            return
        self._ledger.is_closing = True
        closed = self._fold.closed(self._ledger.applied, self._now_us())
        reply = None if answer is None else self._reply(answer)
        self._ledger.append(EventKind.CLOSED, closed, args=encode_args(Closed(reason)), reply=reply)

    # ------------------------------------------------------------ inside

    def _may(self, kind: EventKind, answer: DoneAnswer, *, faulted_too: bool = False) -> bool:
        """Whether the event may follow now; else the answer is given."""
        self._matches.let_flag_fall(self._services.time.now_us())
        why = self._ledger.obstacle()
        if why is Code.ROOM_FAULTED and faulted_too:
            why = None
        if why is None and not allows(self._ledger.applied.status, kind):
            why = Code.WRONG_PHASE
        if why is not None:
            answer(self._no(why))
        return why is None

    def _state_at(self, version: Version) -> RoomState | None:
        return self._guarded(partial(state_at, self._services.journal, self._record, self._fold, version))

    def _guarded(self, call: Callable[[], T]) -> T:
        """A call of game code. Raises what that raises."""
        return self._services.guard.run(Doing.LOAD, self._record.room_id, call)

    def _reply(self, answer: DoneAnswer) -> Reply:
        return partial(self._answer, answer)

    def _answer(self, answer: DoneAnswer, failure: CommitFailure | None) -> None:
        answer(Left(self._ledger.committed.version) if failure is None else self._no(Code.UNAVAILABLE))

    def _no(self, code: Code) -> Refused:
        return refused(code, self._ledger.committed.version)

    def _now_us(self) -> int:
        return self._services.clock.now_us()


def _is_anybody_gone(before: RoomState, now: RoomState) -> bool:
    """Whether a seat is free that was taken then: its match could not go on."""
    return any(was is not None and has is None for was, has in zip(before.players, now.players, strict=True))

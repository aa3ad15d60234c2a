"""Seats and matches of one room: who sits down, when a match begins, and who loses it without a move."""

from functools import partial

from kibitz.codes import Code
from kibitz.ids import PlayerId, RoomId, Seat, is_house_bot
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import DoneAnswer, Left, Refused, refused
from kibitz.rooms.fold.event_args import Forfeited, Started, encode_args
from kibitz.rooms.fold.event_args import Left as LeftArgs
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status, allows
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.ledger.in_flight import Reply
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.services.services import Services
from kibitz.rules import SEED_BYTES, RuleFault


class Matches:
    def __init__(
        self, services: Services, room_id: RoomId, fold: Fold, ledger: Ledger, faults: Faults
    ) -> None:
        self._room_id = room_id
        self._guard = services.guard
        self._services = services
        self._fold = fold
        self._ledger = ledger
        self._faults = faults

    # ------------------------------------------------------------ seats

    def take_seat(self, player: PlayerId, seat: Seat, reply: Reply | None = None) -> None:
        """`seat` is free and nothing speaks against an append. The last seat starts the match."""
        after = self._fold.joined(self._ledger.applied, self._now_us(), seat, player)
        self._ledger.append(EventKind.JOINED, after, seat, player, reply=reply)
        self._have_bots_agree()
        self.start_if_ready()

    def leave(self, player: PlayerId, answer: DoneAnswer) -> None:
        """See `Room.leave`."""
        ledger = self._ledger
        seat = ledger.applied.seat_of(player)
        if seat is None or ledger.is_closing or self._faults.is_stopped:
            answer(Left(ledger.committed.version))
            return
        # Whose time was over before this is not saved by it.
        self.let_flag_fall(self._services.time.now_us())
        why = ledger.obstacle()
        why = why or self.vacate(seat, LeftArgs(), partial(self._reply, answer))
        if why is not None:
            answer(self._no(why))

    def vacate(self, seat: Seat, args: LeftArgs, reply: Reply) -> Code | None:
        """Free a seat that is taken; in a running match, give the match up with it. Nothing speaks
        against an append. The code tells why it could not be done."""
        ledger = self._ledger
        player = ledger.applied.players[seat]
        if ledger.applied.is_match_on:
            why = self._forfeit(seat, player)
            if why is not None:
                return why
        is_kicked = args.reason == LeftArgs.KICKED
        left = self._fold.left(ledger.applied, self._now_us(), seat, is_kicked=is_kicked)
        ledger.append(EventKind.LEFT, left, seat, player, args=encode_args(args), reply=reply)
        return None

    def give_up(self, seat: Seat) -> None:
        """For a bot that knows no legal move: it leaves the match."""
        applied = self._ledger.applied
        if applied.status is Status.PLAYING and self._ledger.obstacle() is None:
            self._forfeit(seat, applied.players[seat])

    def _forfeit(self, seat: Seat, player: PlayerId | None) -> Code | None:
        ledger = self._ledger
        now_us = self._services.time.now_us()
        charged_ms = ledger.flag.charged_ms(ledger.applied, ledger.applied_since_us, now_us)
        try:
            self._guard.enter(Doing.FORFEIT, self._room_id)
            transition = self._fold.forfeited(ledger.applied, self._now_us(), seat, charged_ms)
        except FAULTS:
            self._faults.count("the game failed at a forfeit")
            return Code.GAME_FAULT
        finally:
            self._guard.leave()
        args = encode_args(Forfeited(charged_ms))
        charged_to_us = None if charged_ms is None else now_us
        ledger.append(EventKind.FORFEIT, transition, seat, player, args=args, charged_to_us=charged_to_us)
        return None

    # ------------------------------------------------------------ beginning

    def start_if_ready(self) -> None:
        """Start a match if every seat is taken and, after a match, every seat wants one more."""
        state = self._ledger.applied
        if not (state.is_full and allows(state.status, EventKind.STARTED)) or self._services.is_draining():
            return
        if state.status is Status.FINISHED and not all(state.wants_rematch):
            return
        seed = self._services.entropy(SEED_BYTES)
        try:
            self._guard.enter(Doing.START, self._room_id)
            transition = self._fold.started(state, self._now_us(), seed, state.fork)
        except FAULTS:
            self._faults.stop("the game failed to set a match up")
            return
        finally:
            self._guard.leave()
        players = tuple(player for player in state.players if player is not None)
        started = Started(seed.hex(), players)
        if (fork := state.fork) is not None:
            started = Started(seed.hex(), players, fork.state, fork.clock, fork.from_)
        self._ledger.append(EventKind.STARTED, transition, args=encode_args(started))

    def rematch(self, player: PlayerId, answer: DoneAnswer) -> None:
        """See `Room.rematch`."""
        state = self._ledger.applied
        seat = state.seat_of(player)
        why = self._ledger.obstacle()
        if why is None and seat is None:
            why = Code.NOT_SEATED
        if why is None and not allows(state.status, EventKind.REMATCH):
            why = Code.WRONG_PHASE
        if why is None and self._services.is_draining():
            why = Code.DRAINING
        if why is not None or seat is None:
            answer(self._no(why or Code.NOT_SEATED))
            return
        reply = partial(self._reply, answer)
        if state.wants_rematch[seat]:
            self._ledger.reply_when_settled(state.version, reply)
        else:
            self._want(seat, player, reply)
        self._have_bots_agree()
        self.start_if_ready()

    def _have_bots_agree(self) -> None:
        """Bots want a rematch as soon as anybody does, be it by having joined for it."""
        state = self._ledger.applied
        if state.status is not Status.FINISHED or not any(state.wants_rematch):
            return
        for number, player in enumerate(state.players):
            if player is not None and is_house_bot(player) and not state.wants_rematch[number]:
                self._want(Seat(number), player, None)

    def _want(self, seat: Seat, player: PlayerId, reply: Reply | None) -> None:
        after = self._fold.wanted(self._ledger.applied, self._now_us(), seat)
        self._ledger.append(EventKind.REMATCH, after, seat, player, reply=reply)

    # ------------------------------------------------------------ time

    def let_flag_fall(self, now_us: int) -> None:
        """Let every clock fall that has run out by `now_us`: end the turn of its seat, or the phase.

        At one instant each seat's falls once at most. A game that gives the move to somebody else who has
        no time left, and so on, would go round for ever.
        """
        ledger, falls = self._ledger, 0
        while not (self._faults.is_stopped or ledger.is_closing):
            state = ledger.applied
            if state.clock is None:
                return
            fallen = ledger.flag.fallen(state, ledger.applied_since_us, now_us)
            if fallen is None:
                return
            try:
                falls += 1
                if falls > len(state.players):
                    raise RuleFault("its clocks fall without end")
                self._guard.enter(Doing.TIMEOUT, self._room_id)
                transition = self._fold.timed_out(state, self._now_us(), fallen.seat, fallen.spent_ms)
            except FAULTS:
                self._faults.stop("the game failed at a timeout")
                return
            finally:
                self._guard.leave()
            ledger.append(
                EventKind.TIMEOUT,
                transition,
                fallen.seat,
                None if fallen.seat is None else state.players[fallen.seat],
                spent_ms=fallen.spent_ms,
                charged_to_us=now_us,
            )

    def flag_due(self, now_us: int) -> None:
        """The deadline of the clocks has come."""
        ledger = self._ledger
        version = ledger.applied.version
        self.let_flag_fall(now_us)
        if ledger.applied.version == version and not self._faults.is_stopped:
            ledger.flag.wait_for_lag(ledger.applied, ledger.applied_since_us)

    # ------------------------------------------------------------ answering

    def _reply(self, answer: DoneAnswer, failure: CommitFailure | None) -> None:
        answer(Left(self._ledger.committed.version) if failure is None else self._no(Code.UNAVAILABLE))

    def _no(self, code: Code) -> Refused:
        return refused(code, self._ledger.committed.version)

    def _now_us(self) -> int:
        return self._services.clock.now_us()

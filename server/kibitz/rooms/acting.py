"""One action: whether it was done before, whether it may be done, and what it leads to.

All of it is one plain synchronous call: validate, apply, append.
"""

from functools import partial
from typing import Protocol

import msgspec

from kibitz.codes import Code
from kibitz.ids import ActionId, PlayerId, RoomId, Seat, Version
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import EventKind
from kibitz.rooms import conflicts
from kibitz.rooms.answers import Accepted, ActAnswer, ActLike, Refused, refused
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.fold.changes import Transition
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.ledger.known_acts import KnownAct, content_of
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.matches import Matches
from kibitz.rooms.services.services import Services
from kibitz.rules import Args, Refusal, Stale

# Python 3.11 takes longer for a member of an enum than for a call; these are asked for every move.
_PLAYING, _ACTION, _ACT = Status.PLAYING, EventKind.ACTION, Doing.ACT


class LiveActs(Protocol):
    """Where the acts of a match in real time go; `kibitz.rooms.realtime.realtime.Realtime` is one."""

    def add(self, seat: Seat, player: PlayerId, act: ActLike, payload: Args) -> Refusal | None: ...
    def find(self, player: PlayerId, action_id: str) -> KnownAct | None:
        """One that was answered already, though it is not journalled yet."""
        ...

    def remember(self, player: PlayerId, action_id: ActionId, act: KnownAct) -> None: ...


class Acting:
    """The actions of one room. Refusals carry the committed version."""

    def __init__(
        self,
        services: Services,
        room_id: RoomId,
        fold: Fold,
        ledger: Ledger,
        matches: Matches,
        faults: Faults,
    ) -> None:
        self._room_id = room_id
        self._guard = services.guard
        self._quarantine = services.quarantine
        self._clock = services.clock
        self._time = services.time
        self._fold = fold
        self._referee = fold.referee
        self._ledger = ledger
        self._matches = matches
        self._faults = faults
        self.live: LiveActs | None = None
        """Set where the game is played in real time."""

    def act(self, player: PlayerId, act: ActLike, answer: ActAnswer) -> None:
        """See `Room.act`."""
        began_us = self._clock.monotonic_us()
        known = self._ledger.known(player, act.id, act.base)
        if known is None and self.live is not None:
            known = self.live.find(player, act.id)
        if isinstance(known, KnownAct):
            self._act_again(known, act, answer)
            return
        refusal = self._act(player, act, answer, began_us) if known is None else self._no(known)
        if refusal is not None:
            answer(refusal)

    def _act(self, player: PlayerId, act: ActLike, answer: ActAnswer, began_us: int) -> Refused | None:
        ledger = self._ledger
        now_us = self._time.now_us()
        self._matches.let_flag_fall(now_us)
        obstacle = ledger.obstacle()
        if obstacle is not None:
            return self._no(obstacle)
        state = ledger.applied
        refused_acts = self._quarantine.refused
        if refused_acts and (self._room_id, player, act.id) in refused_acts:
            return self._no(Code.GAME_FAULT)  # it ended the server before
        if act.epoch != state.epoch:
            return self._no(Code.EPOCH_CHANGED)
        seat = state.seat_of(player)
        if seat is None:
            return self._no(Code.NOT_SEATED)
        if state.state is None or state.status is not _PLAYING:
            return self._no(Code.ROOM_PAUSED if state.status is Status.PAUSED else Code.WRONG_PHASE)
        name = act.type
        payload = self._referee.decode_args(name, act.args)
        if isinstance(payload, Refusal):
            return self._refused(payload)
        if self.live is not None:
            return self._act_live(player, seat, act, payload, answer)
        conflict: Conflict | None = None
        if act.base != state.version:
            policy = self._referee.game.actions[name].stale
            if policy is Stale.REJECT or act.base > state.version:
                stale = conflicts.refused(act.base, state.version)
                return msgspec.structs.replace(self._no(Code.STALE), conflict=stale)
            conflict = conflicts.accepted(policy, act.base, state.version)
        try:
            self._guard.enter(_ACT, self._room_id, player, act.id, name)
            judged = self._referee.judge(state.state, seat, name, payload)
            if judged is not None:
                if conflict is not None:
                    conflict = conflicts.refused(act.base, state.version)
                return self._refused(judged, conflict)
            spent_ms = None
            if state.clock is not None:
                spent_ms = ledger.flag.spent_ms(state, seat, ledger.applied_since_us, now_us)
            transition = self._fold.acted(state, self._clock.now_us(), seat, name, payload, spent_ms)
        except FAULTS:
            self._faults.count(f"the game failed at {name}")
            return self._no(Code.GAME_FAULT)
        finally:
            self._guard.leave()
        self._faults.in_a_row = 0
        self._accept(player, seat, act, payload, transition, spent_ms, now_us, conflict, answer, began_us)
        return None

    def _act_live(
        self, player: PlayerId, seat: Seat, act: ActLike, payload: Args, answer: ActAnswer
    ) -> Refused | None:
        """In real time: done once it is applied, and part of the next row of ticks. Which version the
        player saw says nothing; which tick they saw does."""
        if self.live is None:
            return self._no(Code.INTERNAL)
        try:
            self._guard.enter(Doing.ACT, self._room_id, player, act.id, act.type)
            refusal = self.live.add(seat, player, act, payload)
        except FAULTS:
            self._faults.count(f"the game failed at {act.type}")
            return self._no(Code.GAME_FAULT)
        finally:
            self._guard.leave()
        if refusal is not None:
            return self._refused(refusal)
        version = Version(self._ledger.applied.version + 1)
        content = content_of(act.type, self._referee.encode_args(payload))
        self.live.remember(player, ActionId(act.id), KnownAct(version, content))
        answer(Accepted(version))
        return None

    def _accept(
        self,
        player: PlayerId,
        seat: Seat,
        act: ActLike,
        payload: Args,
        transition: Transition,
        spent_ms: int | None,
        now_us: int,
        conflict: Conflict | None,
        answer: ActAnswer,
        began_us: int,
    ) -> None:
        args = self._referee.encode_args(payload)
        version = transition.after.version
        action_id = ActionId(act.id)
        self._ledger.acts.add(player, action_id, KnownAct(version, content_of(act.type, args), conflict))
        self._ledger.append(
            _ACTION,
            transition,
            seat,
            player,
            action_id=action_id,
            action_type=act.type,
            args=args,
            handled_us=self._clock.monotonic_us() - began_us,
            spent_ms=spent_ms,
            charged_to_us=None if spent_ms is None else now_us,
            reply=partial(self._reply, answer, Accepted(version, conflict)),
        )

    def _act_again(self, known: KnownAct, act: ActLike, answer: ActAnswer) -> None:
        payload = self._referee.decode_args(act.type, act.args)
        if (
            isinstance(payload, Refusal)
            or content_of(act.type, self._referee.encode_args(payload)) != known.content
        ):
            answer(self._no(Code.ID_REUSED))
            return
        conflict = known.conflict
        if conflict is None:  # none there was, or nobody has kept it
            policy = self._referee.game.actions[act.type].stale
            conflict = conflicts.repeated(policy, act.base, known.version)
        accepted = Accepted(known.version, conflict)
        self._ledger.reply_when_settled(known.version, partial(self._reply, answer, accepted))

    def _reply(self, answer: ActAnswer, accepted: Accepted, failure: CommitFailure | None) -> None:
        answer(accepted if failure is None else self._no(Code.UNAVAILABLE))

    def _no(self, code: Code) -> Refused:
        return refused(code, self._ledger.committed.version)

    def _refused(self, refusal: Refusal, conflict: Conflict | None = None) -> Refused:
        return Refused(refusal.code, refusal.message, self._ledger.committed.version, conflict)

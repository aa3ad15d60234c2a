"""One room: its single writer, and everything that may be asked of it.

Handling an action is one plain synchronous call: validate, apply, append. The room holds two
states. `applied` is what the next action is judged by; `committed` is what is in the journal, and
the only one that anything outside this module can see. The journal reports commits to `_settled`,
which only notes them; once per turn `settle` answers the acts and calls the listener.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from kibitz.codes import Code
from kibitz.ids import ActionId, GameName, PlayerId, RoomKey, Seat, Version, is_house_bot
from kibitz.journal.journal import CommitFailure
from kibitz.journal.records import Event, EventKind, NewRoom
from kibitz.rooms import conflicts
from kibitz.rooms.answers import (
    Accepted,
    ActAnswer,
    ActLike,
    DoneAnswer,
    JoinAnswer,
    JoinAs,
    Left,
    Refused,
    Seated,
    refused,
)
from kibitz.rooms.bot_seats import BotSeats
from kibitz.rooms.conflicts import Conflict
from kibitz.rooms.fold import Fold, Started, Transition
from kibitz.rooms.history import ShownEvent, show
from kibitz.rooms.ledger import Entry, InFlight, KnownAct, Reply, content_of
from kibitz.rooms.lifecycle import Status, allows
from kibitz.rooms.presence import Presence
from kibitz.rooms.recovery import Loaded, load, recovery_point
from kibitz.rooms.seats import choose_seat
from kibitz.rooms.services import BOT, FLAG, GRACE, UNJOINED, Services
from kibitz.rooms.state import RoomState
from kibitz.rooms.update import Update
from kibitz.rooms.views import CatchUp, Held, RenderedView, Renderer, Viewer, ViewerClass, ViewFault
from kibitz.rules import Args, Game, Referee, Refusal, Stale, Value
from kibitz.sync.canonical import encode

_log = logging.getLogger("kibitz.rooms")

_encode_started = msgspec.json.Encoder(order="sorted").encode
_SEED_BYTES = 16


class Room:
    """Made by `Directory` only. All methods are called on the event loop."""

    def __init__(self, services: Services, record: NewRoom, fold: Fold, loaded: Loaded) -> None:
        self.room_id = record.room_id
        self.key: RoomKey = record.key
        self.code = record.code
        self.epoch = record.epoch
        self.game_name: GameName = record.game
        self.rules_version = record.rules_version
        self.is_private = record.is_private
        self.host = record.host_player_id
        self.created_us = record.created_us
        self.options: Mapping[str, Value] = msgspec.json.decode(record.options)
        self.presence = Presence(lambda: self._committed, self._presence_changed, self._grace)
        self._record = record
        self._services = services
        self._fold = fold
        self._referee = fold.referee
        self._renderer = Renderer(fold.referee.game, fold.options, record.epoch)
        self._bots = BotSeats(self, services)
        self._acts = loaded.acts
        self._recent: deque[tuple[RoomState, Event]] = deque(loaded.recent, services.config.patches_kept)
        self._applied = self._committed = self._told = loaded.state
        # When the running clock of the applied and of the committed state began to run.
        self._applied_since = self._committed_since = services.time.now_us()
        self._in_flight = InFlight()
        self._replies: list[tuple[Reply, CommitFailure | None]] = []
        self._untold: list[Event] = []
        self._snapshot_version = loaded.state.version
        self._faults = 0
        self._is_faulted = False
        self._is_closing = False
        self._was_reloaded = False
        self._is_settling_soon = False

    # ------------------------------------------------------------ what is committed

    @property
    def game(self) -> Game[Any]:
        return self._referee.game

    @property
    def referee(self) -> Referee[Any]:
        return self._referee

    @property
    def version(self) -> Version:
        return self._committed.version

    @property
    def status(self) -> Status:
        return Status.FAULTED if self._is_faulted else self._committed.status

    @property
    def match(self) -> int:
        """Number of the current or last match; 0 before the first."""
        return self._committed.match

    @property
    def players(self) -> tuple[PlayerId | None, ...]:
        """Who has each seat."""
        return self._committed.players

    @property
    def last_event_us(self) -> int:
        return self._committed.at_us

    @property
    def clock_elapsed_ms(self) -> int:
        """How long the running clock of the committed view has run; 0 where none runs."""
        clock = self._committed.clock
        if clock is None or clock.running is None:
            return 0
        return (self._services.time.now_us() - self._committed_since) // 1000

    def seat_of(self, player: PlayerId) -> Seat | None:
        return self._committed.seat_of(player)

    def viewer_class(self, viewer: Viewer) -> ViewerClass:
        return self._renderer.viewer_class(viewer)

    def view(self, viewer: Viewer) -> RenderedView:
        """The game's view with the frame's `clock`; kept per version and viewer class."""
        return self._renderer.view(self._committed, self._renderer.viewer_class(viewer))

    def catch_up(self, viewer: Viewer, held: Held | None) -> CatchUp:
        """What a client that holds `held` needs. A wrong checksum at the right version, another
        epoch, an unknown or too old version: a snapshot."""
        return self._renderer.catch_up(
            self._committed,
            self._recent,
            viewer,
            held,
            at_ms=self._services.clock.now_us() // 1000,
            clock_elapsed_ms=self.clock_elapsed_ms,
            status=self.status,
        )

    def events_after(
        self, after: Version, limit: int, viewer: Viewer, player: PlayerId | None
    ) -> Sequence[ShownEvent]:
        """At most `limit` committed events above `after`, as `viewer` may see them; `player` is
        given the ids of its own actions."""
        limit = min(limit, self._committed.version - after)
        events = self._services.journal.read_room(self.key, after, limit) if limit > 0 else ()
        return show(events, self.game, viewer, player)

    # ------------------------------------------------------------ what players do

    def join(
        self, player: PlayerId, as_: JoinAs | None, seat: Seat | None, held: Held | None, answer: JoinAnswer
    ) -> None:
        """Take part. A player's own seat is kept; without `as_` a free seat is taken if there is
        one, else the player watches. As PLAYER: `seat_taken`, `room_full`. Taking a seat is an
        event, so its answer waits for the commit; all others are given before this returns.
        """
        if self._is_closing:
            answer(self._no(Code.ROOM_CLOSED))
            return
        state = self._applied
        chosen: Seat | Code | None = None
        if as_ is not JoinAs.SPECTATOR:
            chosen = choose_seat(state, player, seat, must_play=as_ is JoinAs.PLAYER)
        if isinstance(chosen, Code):
            answer(self._no(chosen))
        elif chosen is None or state.players[chosen] == self._committed.players[chosen] == player:
            answer(self._seated(chosen, held))
        elif (refusal := self._cannot_append()) is not None:
            answer(refusal)
        else:
            reply = partial(self._reply_join, answer, chosen, held)
            if state.players[chosen] == player:  # asked a second time before the first was committed
                self._reply_when_settled(reply)
            else:
                self.take_seat(player, chosen, reply)

    def act(self, player: PlayerId, act: ActLike, answer: ActAnswer) -> None:
        """One action. `answer` gets Accepted after the commit, or Refused (at once, or with
        `unavailable` when the commit failed). A refusal has no effect. The same id with the same
        content gets the first answer's version again."""
        began_us = self._services.clock.monotonic_us()
        known = self._acts.find(player, act.id)
        if known is not None:
            self._act_again(known, act, answer)
            return
        refusal = self._act(player, act, answer, began_us)
        if refusal is not None:
            answer(refusal)

    def leave(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Give the seat up; in a running match, give the match up with it. A spectator's leaving,
        and anybody's of a room that takes no more events, is answered at once and changes nothing."""
        seat = self._applied.seat_of(player)
        if seat is None or self._is_closing or self._is_faulted:
            answer(Left(self._committed.version))
            return
        refusal = self._cannot_append()
        if refusal is None and self._applied.status is Status.PLAYING:
            refusal = self._forfeit(seat, player)
        if refusal is not None:
            answer(refusal)
            return
        after = self._fold.left(self._applied, self._now_us(), seat).after
        self._append(EventKind.LEFT, Transition(after), seat, player, reply=partial(self._reply_done, answer))

    def rematch(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Want one more match; it starts when every seat does. Wanting it twice is the same.

        `wrong_phase` while no match is over, `draining` when the server is about to restart.
        """
        seat = self._applied.seat_of(player)
        refusal = self._cannot_append()
        if refusal is None and seat is None:
            refusal = self._no(Code.NOT_SEATED)
        if refusal is None and not allows(self._applied.status, EventKind.REMATCH):
            refusal = self._no(Code.WRONG_PHASE)
        if refusal is None and self._services.is_draining():
            refusal = self._no(Code.DRAINING)
        if refusal is not None or seat is None:
            answer(refusal or self._no(Code.NOT_SEATED))
            return
        reply = partial(self._reply_done, answer)
        if self._applied.wants_rematch[seat]:
            self._reply_when_settled(reply)
            return
        self._want_rematch(seat, player, reply)
        for number, other in enumerate(self._applied.players):
            if other is not None and is_house_bot(other) and not self._applied.wants_rematch[number]:
                self._want_rematch(Seat(number), other, None)
        self.start_if_ready()

    def close(self, reason: str, answer: DoneAnswer | None = None) -> None:
        """End the room for good: no event follows. `reason` is `empty` or `admin`."""
        if self._is_closing:
            if answer is not None:
                answer(self._no(Code.ROOM_CLOSED))
            return
        self._is_closing = True
        after = self._fold.closed(self._applied, self._now_us())
        reply = None if answer is None else partial(self._reply_done, answer)
        self._append(EventKind.CLOSED, after, args=encode({"reason": reason}).decode(), reply=reply)

    # ------------------------------------------------------------ acting

    def _act(self, player: PlayerId, act: ActLike, answer: ActAnswer, began_us: int) -> Refused | None:
        refusal = self._cannot_append()
        if refusal is not None:
            return refusal
        if act.epoch != self.epoch:
            return self._no(Code.EPOCH_CHANGED)
        seat = self._applied.seat_of(player)
        if seat is None:
            return self._no(Code.NOT_SEATED)
        now_us = self._services.time.now_us()
        self._let_flag_fall(now_us)
        state = self._applied
        if state.state is None or state.status is not Status.PLAYING:
            return self._no(Code.WRONG_PHASE)
        name = act.type
        payload = self._referee.decode_args(name, act.args)
        if isinstance(payload, Refusal):
            return self._refused(payload)
        conflict: Conflict | None = None
        if act.base != state.version:
            policy = self._referee.game.actions[name].stale
            if policy is Stale.REJECT or act.base > state.version:
                stale = conflicts.refused(act.base, state.version)
                return msgspec.structs.replace(self._no(Code.STALE), conflict=stale)
            conflict = conflicts.accepted(policy, act.base, state.version)
        try:
            judged = self._referee.judge(state.state, seat, name, payload)
            if judged is not None:
                if conflict is not None:
                    conflict = conflicts.refused(act.base, state.version)
                return self._refused(judged, conflict)
            spent_ms = self._spent_ms(state, seat, now_us)
            transition = self._fold.acted(state, self._now_us(), seat, name, payload, spent_ms)
        except Exception:
            _log.exception("room %s: the game failed at %s", self.room_id, name)
            return self._game_failed()
        self._faults = 0
        self._accept(player, seat, act, payload, transition, spent_ms, now_us, conflict, answer, began_us)
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
        self._acts.add(player, action_id, KnownAct(version, content_of(act.type, args), conflict))
        self._append(
            EventKind.ACTION,
            transition,
            seat,
            player,
            action_id=action_id,
            action_type=act.type,
            args=args,
            handled_us=self._services.clock.monotonic_us() - began_us,
            spent_ms=spent_ms,
            now_us=now_us,
            reply=partial(self._reply_act, answer, Accepted(version, conflict)),
        )

    def _act_again(self, known: KnownAct, act: ActLike, answer: ActAnswer) -> None:
        payload = self._referee.decode_args(act.type, act.args)
        if (
            isinstance(payload, Refusal)
            or content_of(act.type, self._referee.encode_args(payload)) != known.content
        ):
            answer(self._no(Code.ID_REUSED))
            return
        accepted = Accepted(known.version, known.conflict)
        entry = self._in_flight.at(known.version)
        if entry is None:
            answer(accepted)
        else:
            entry.replies.append(partial(self._reply_act, answer, accepted))

    def _game_failed(self) -> Refused:
        self._faults += 1
        if self._faults >= self._services.config.faults_most:
            self._fault()
        return self._no(Code.GAME_FAULT)

    def _fault(self) -> None:
        if self._is_faulted:
            return
        self._is_faulted = True
        self._services.deadlines.cancel((self.key, FLAG, 0))
        self._set_unjoined()
        self._tell(self._services.listener.faulted)

    # ------------------------------------------------------------ seats and matches

    def take_seat(self, player: PlayerId, seat: Seat, reply: Reply | None = None) -> None:
        """For the directory and `join`: `seat` is free and nothing speaks against an append."""
        after = self._fold.joined(self._applied, self._now_us(), seat, player)
        self._append(EventKind.JOINED, after, seat, player, reply=reply)
        self.start_if_ready()

    def start_if_ready(self) -> None:
        """Start a match if every seat is taken and, after a match, every seat wants one more."""
        state = self._applied
        if not (state.is_full and allows(state.status, EventKind.STARTED)) or self._services.is_draining():
            return
        if state.status is Status.FINISHED and not all(state.wants_rematch):
            return
        seed = self._services.entropy(_SEED_BYTES)
        try:
            transition = self._fold.started(state, self._now_us(), seed)
        except Exception:
            _log.exception("room %s: the game failed to set a match up", self.room_id)
            self._fault()
            return
        players = tuple(player for player in state.players if player is not None)
        args = _encode_started(Started(seed.hex(), players)).decode()
        self._append(EventKind.STARTED, transition, args=args)

    def _want_rematch(self, seat: Seat, player: PlayerId, reply: Reply | None) -> None:
        after = self._fold.wanted(self._applied, self._now_us(), seat)
        self._append(EventKind.REMATCH, after, seat, player, reply=reply)

    def _forfeit(self, seat: Seat, player: PlayerId | None) -> Refused | None:
        try:
            transition = self._fold.forfeited(self._applied, self._now_us(), seat)
        except Exception:
            _log.exception("room %s: the game failed at a forfeit", self.room_id)
            return self._game_failed()
        self._append(EventKind.FORFEIT, transition, seat, player)
        return None

    def give_up(self, seat: Seat) -> None:
        """For a bot that knows no legal move: it leaves the match."""
        if self._applied.status is Status.PLAYING and self._cannot_append() is None:
            self._forfeit(seat, self._applied.players[seat])

    # ------------------------------------------------------------ clocks

    def _spent_ms(self, state: RoomState, seat: Seat, now_us: int) -> int | None:
        clock = state.clock
        if clock is None or clock.running != seat:
            return None
        return min((now_us - self._applied_since) // 1000, clock.remaining_ms[seat])

    def _let_flag_fall(self, now_us: int) -> None:
        state = self._applied
        clock = state.clock
        if clock is None or clock.running is None or self._is_faulted or self._is_closing:
            return
        seat = clock.running
        if now_us - self._applied_since < clock.remaining_ms[seat] * 1000:
            return
        spent_ms = clock.remaining_ms[seat]
        try:
            transition = self._fold.timed_out(state, self._now_us(), seat, spent_ms)
        except Exception:
            _log.exception("room %s: the game failed at a timeout", self.room_id)
            self._fault()
            return
        self._append(
            EventKind.TIMEOUT, transition, seat, state.players[seat], spent_ms=spent_ms, now_us=now_us
        )

    def _set_flag(self) -> None:
        clock = self._applied.clock
        if clock is None:
            return
        key = (self.key, FLAG, 0)
        if clock.running is None:
            self._services.deadlines.cancel(key)
        else:
            self._services.deadlines.set(key, self._applied_since + clock.remaining_ms[clock.running] * 1000)

    # ------------------------------------------------------------ appending

    def _append(
        self,
        kind: EventKind,
        transition: Transition,
        seat: Seat | None = None,
        player: PlayerId | None = None,
        *,
        action_id: ActionId | None = None,
        action_type: str | None = None,
        args: str = "{}",
        handled_us: int = 0,
        spent_ms: int | None = None,
        now_us: int | None = None,
        reply: Reply | None = None,
    ) -> None:
        before, after = self._applied, transition.after
        is_of_match = before.status is Status.PLAYING or after.status is Status.PLAYING
        event = Event(
            self.key,
            after.version,
            self.epoch,
            after.at_us,
            kind,
            seat,
            player,
            action_id,
            action_type,
            args,
            handled_us,
            spent_ms,
            after.match if is_of_match else None,
            before.phase(),
            after.state.phase if is_of_match and after.state is not None else None,
            None if transition.outcome is None else encode(transition.outcome.as_value()).decode(),
        )
        if spent_ms is not None or kind is EventKind.STARTED or _runs_anew(before, after):
            self._applied_since = self._services.time.now_us() if now_us is None else now_us
        self._applied = after
        self._in_flight.add(Entry(event, after, self._applied_since, [] if reply is None else [reply]))
        self._services.journal.append(event, self._settled)
        self._set_flag()

    def _cannot_append(self) -> Refused | None:
        """Why nothing can be done here just now."""
        if self._is_closing:
            return self._no(Code.ROOM_CLOSED)
        if self._is_faulted:
            return self._no(Code.ROOM_FAULTED)
        if len(self._in_flight) >= self._services.config.acts_waiting_most:
            return self._no(Code.ROOM_BUSY)
        return None

    def _settled(self, failure: CommitFailure | None) -> None:
        entry = self._in_flight.settle()
        if entry.is_lost:
            if failure is None:  # built on a lost event, and stored all the same: the journal decides
                self._read_again()
        elif failure is None:
            self._committed, self._committed_since = entry.after, entry.since_us
            self._recent.append((entry.after, entry.event))
            self._untold.append(entry.event)
            self._replies.extend((reply, None) for reply in entry.replies)
        else:
            self._lose(entry, failure)
        self._settle_soon()

    def _lose(self, entry: Entry, failure: CommitFailure) -> None:
        for lost in (entry, *self._in_flight.lose_all()):
            self._acts.forget(lost.event)
            self._replies.extend((reply, failure) for reply in lost.replies)
        self._applied, self._applied_since = self._committed, self._committed_since
        self._is_closing = False
        self._was_reloaded = True
        if failure is CommitFailure.CONFLICT:
            self._read_again()
        self._set_flag()

    def _read_again(self) -> None:
        """The journal holds what this room did not expect: what is stored there counts."""
        for lost in self._in_flight.lose_all():
            self._replies.extend((reply, CommitFailure.CONFLICT) for reply in lost.replies)
        try:
            loaded = load(
                self._services.journal, self._record, self._fold, self._services.config.patches_kept
            )
        except Exception:
            _log.exception("room %s: cannot be read from the journal", self.room_id)
            self._fault()
            return
        self._acts = loaded.acts
        self._recent.clear()
        self._recent.extend(loaded.recent)
        self._untold.extend(event for _, event in loaded.recent if event.version > self._committed.version)
        self._applied = self._committed = loaded.state
        self._applied_since = self._committed_since = self._services.time.now_us()
        self._was_reloaded = True
        self._set_flag()

    # ------------------------------------------------------------ telling

    def _settle_soon(self) -> None:
        if not self._is_settling_soon:
            self._is_settling_soon = True
            self._services.settle_soon(self)

    def settle(self) -> None:
        """For the directory: give the answers of this turn's commits, then tell the listener."""
        self._is_settling_soon = False
        events, self._untold = self._untold, []
        for event in events:
            if event.kind is EventKind.LEFT and event.seat is not None:
                self.presence.seat_freed(event.seat)
        replies, self._replies = self._replies, []
        for reply, failure in replies:
            try:
                reply(failure)
            except Exception:
                _log.exception("room %s: an answer could not be given", self.room_id)
        was_reloaded, self._was_reloaded = self._was_reloaded, False
        if was_reloaded:
            self._tell(self._services.listener.reloaded)
        before, after = self._told, self._committed
        self._told = after
        if after.version > before.version:
            update = Update(self._renderer, before, after, events)
            self._tell(lambda room: self._services.listener.committed(room, update))
            self._save_recovery_point(after)
            if update.status_changed:
                self._set_unjoined()
        if after.status is Status.CLOSED:
            self._tell(self._services.listener.closed)
            self._services.forget(self)
        elif not was_reloaded:  # a bot whose move was lost tries again after a while
            self._bots.wake(after, is_settled=self._applied is after)

    def _tell(self, told: "Callable[[Room], None]") -> None:
        try:
            told(self)
        except ViewFault:
            _log.exception("room %s: the game failed to show itself", self.room_id)
            self._fault()
        except Exception:
            _log.exception("room %s: its listener failed", self.room_id)

    def _save_recovery_point(self, state: RoomState) -> None:
        if state.version - self._snapshot_version < self._services.config.snapshot_every:
            return
        self._snapshot_version = state.version
        at_us = self._services.clock.now_us()
        self._services.journal.save_snapshot(
            recovery_point(self._record, state, self._acts, self._fold, at_us)
        )

    # ------------------------------------------------------------ answering

    def _reply_act(self, answer: ActAnswer, accepted: Accepted, failure: CommitFailure | None) -> None:
        answer(accepted if failure is None else self._no(Code.UNAVAILABLE))

    def _reply_join(
        self, answer: JoinAnswer, seat: Seat, held: Held | None, failure: CommitFailure | None
    ) -> None:
        answer(self._seated(seat, held) if failure is None else self._no(Code.UNAVAILABLE))

    def _seated(self, seat: Seat | None, held: Held | None) -> Seated | Refused:
        try:
            return Seated(seat, self.catch_up(seat, held))
        except ViewFault:
            _log.exception("room %s: the game failed to show itself", self.room_id)
            self._fault()
            return self._no(Code.GAME_FAULT)

    def _reply_done(self, answer: DoneAnswer, failure: CommitFailure | None) -> None:
        answer(Left(self._committed.version) if failure is None else self._no(Code.UNAVAILABLE))

    def _reply_when_settled(self, reply: Reply) -> None:
        """What was asked for is applied already: answer when that is committed."""
        entry = self._in_flight.at(self._applied.version)
        if entry is None:
            reply(None)
        else:
            entry.replies.append(reply)

    def _no(self, code: Code) -> Refused:
        return refused(code, self._committed.version)

    def _refused(self, refusal: Refusal, conflict: Conflict | None = None) -> Refused:
        return Refused(refusal.code, refusal.message, self._committed.version, conflict)

    # ------------------------------------------------------------ what is due

    def open(self) -> None:
        """For the directory, once, after creation or recovery: set deadlines, expect the players."""
        self.presence.await_players()
        self._set_unjoined()
        self._set_flag()
        self.start_if_ready()
        self._bots.wake(self._committed, is_settled=self._applied is self._committed)

    def guarded(self, do: Callable[[], None]) -> None:
        """For the directory: whatever fails in `do` is this room's fault and no other room's."""
        try:
            do()
        except Exception:
            _log.exception("room %s failed", self.room_id)
            self._fault()

    def on_deadline(self, kind: str, seat: Seat, now_us: int) -> None:
        """For the directory: something that this room had noted is due."""
        if kind == FLAG:
            self._let_flag_fall(now_us)
        elif kind == GRACE:
            self.presence.grace_over(seat)
        elif kind == BOT:
            self._bots.wake(self._committed, is_settled=self._applied is self._committed)
        elif kind == UNJOINED and self.presence.is_empty and self._closes_when_empty():
            self.close("empty")

    def _presence_changed(self) -> None:
        self._set_unjoined()
        self._tell(self._services.listener.presence_changed)

    def _grace(self, seat: Seat, begins: bool) -> None:
        key = (self.key, GRACE, int(seat))
        if begins:
            due_us = self._services.time.now_us() + self._services.config.presence_grace_ms * 1000
            self._services.deadlines.set(key, due_us)
        else:
            self._services.deadlines.cancel(key)

    def _closes_when_empty(self) -> bool:
        return self.status in (Status.WAITING, Status.FINISHED, Status.FAULTED)

    def _set_unjoined(self) -> None:
        key = (self.key, UNJOINED, 0)
        if not self.presence.is_empty or not self._closes_when_empty():
            self._services.deadlines.cancel(key)
            return
        config = self._services.config
        waiting = self.status is Status.WAITING
        patience_ms = config.waiting_unjoined_ms if waiting else config.finished_unjoined_ms
        self._services.deadlines.set(key, self._services.time.now_us() + patience_ms * 1000)

    def _now_us(self) -> int:
        return self._services.clock.now_us()


def _runs_anew(before: RoomState, after: RoomState) -> bool:
    """Whether another seat's clock runs than before."""
    running_before = None if before.clock is None else before.clock.running
    running_after = None if after.clock is None else after.clock.running
    return running_before != running_after

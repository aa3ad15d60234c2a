"""One room: its single writer, and everything that may be asked of it.

Handling an action is one plain synchronous call: validate, apply, append (`acting`, `matches`). What
becomes of it is in the `ledger`; once per turn `settle` answers the acts and calls the listener.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from kibitz.ids import Epoch, GameName, PlayerId, RoomKey, Seat, Version
from kibitz.journal.records import EventKind, NewRoom
from kibitz.rooms.acting import Acting
from kibitz.rooms.answers import (
    ActAnswer,
    ActLike,
    DoneAnswer,
    JoinAnswer,
    JoinAs,
)
from kibitz.rooms.attendance import Attendance
from kibitz.rooms.bots.bot_seats import BotSeats
from kibitz.rooms.commands import Commands
from kibitz.rooms.fold.event_args import Paused
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.faults import Fault, Faults
from kibitz.rooms.guard.guard import FAULTS
from kibitz.rooms.joining import Joining
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.ledger.recovery import Loaded
from kibitz.rooms.matches import Matches
from kibitz.rooms.presence import Presence
from kibitz.rooms.realtime.realtime import Realtime
from kibitz.rooms.services.services import BOT, FLAG, GALLERY, GRACE, UNJOINED, WAKE, Services
from kibitz.rooms.showing import Showing
from kibitz.rooms.views.history import ShownEvent
from kibitz.rooms.views.views import CatchUp, Held, RenderedView, Viewer, ViewerClass, ViewFault
from kibitz.rules import Game, Referee, State, Value

# Python 3.11 takes longer for a member of an enum than for a call; these are asked for every move.
_LEFT, _CLOSED = EventKind.LEFT, Status.CLOSED


class Room:
    """Made by `Directory` only. All methods are called on the event loop."""

    def __init__(self, services: Services, record: NewRoom, fold: Fold, loaded: Loaded) -> None:
        self.record = record
        self.room_id = record.room_id
        self.key: RoomKey = record.key
        self.code = record.code
        self.game_name: GameName = record.game
        self.rules_version = record.rules_version
        self.is_private = record.is_private
        self.host = record.host_player_id
        self.created_us = record.created_us
        self.options: Mapping[str, Value] = msgspec.json.decode(record.options)
        self.presence = Presence(lambda: self._ledger.committed, self._presence_changed, self._grace)
        self._services = services
        self._fold = fold
        self._referee = fold.referee
        self._faults = Faults(
            record.room_id, services.config.faults_most, self._stopped, services.clock.now_us
        )
        self._ledger = Ledger(services, record, fold, loaded, self._faults, self._settle_soon, self._lag_ms)
        self.spectator_delay_ms = record.spectator_delay_ms
        self.is_delayed = record.spectator_delay_ms > 0
        """Whether spectators see later than players what happens."""
        self._showing = Showing(services, record, fold, loaded, self._ledger, self._faults)
        self._matches = Matches(services, record.room_id, fold, self._ledger, self._faults)
        self._acting = Acting(services, record.room_id, fold, self._ledger, self._matches, self._faults)
        self._joining = Joining(self._ledger, self._matches, self._faults, self._showing.catch_up)
        self._commands = Commands(services, record, fold, self._ledger, self._matches, self._faults)
        self._realtime: Realtime | None = None
        if fold.referee.game.ticks_per_second:
            was_cut_off = loaded.state.status is Status.PLAYING
            self._realtime = Realtime(
                self, services, fold, self._ledger, self._faults, was_cut_off=was_cut_off
            )
            self._acting.live = self._realtime
            self.presence.has_substitutes = fold.referee.game.substitute
        self._attendance = Attendance(services, record.key, self.presence, lambda: self.status)
        self._bots = BotSeats(self, services)
        self._told = loaded.state
        self._is_settling_soon = False
        self._is_closed_told = False

    # ------------------------------------------------------------ what is committed

    @property
    def game(self) -> Game[Any]:
        return self._referee.game

    @property
    def referee(self) -> Referee[Any]:
        return self._referee

    @property
    def epoch(self) -> Epoch:
        """Versions of another epoch may mean something else."""
        return self._ledger.committed.epoch

    @property
    def is_quick(self) -> bool:
        """Whether it was made by quick match."""
        return self.record.is_quick

    @property
    def version(self) -> Version:
        return self._ledger.committed.version

    @property
    def status(self) -> Status:
        return self._showing.status

    @property
    def match(self) -> int:
        """Number of the current or last match; 0 before the first."""
        return self._ledger.committed.match

    @property
    def players(self) -> tuple[PlayerId | None, ...]:
        """Who has each seat."""
        return self._ledger.committed.players

    @property
    def last_event_us(self) -> int:
        return self._ledger.committed.at_us

    @property
    def clock_elapsed_ms(self) -> int:
        """How long the running clock of the committed view has run; 0 where none runs."""
        return self._showing.clock_elapsed_ms

    def seat_of(self, player: PlayerId) -> Seat | None:
        return self._ledger.committed.seat_of(player)

    @property
    def to_move(self) -> tuple[Seat, ...]:
        """The seats that are to act; none where no match is being played. May raise what the game raises."""
        return self._showing.to_move

    @property
    def accepted(self) -> RoomState:
        """With what is not stored yet: for deciding what may be done next, never to be shown."""
        return self._ledger.applied

    # ------------------------------------------------------------ what is shown of it

    def viewer_class(self, viewer: Viewer) -> ViewerClass:
        return self._showing.viewer_class(viewer)

    @property
    def is_behind(self) -> bool:
        """Whether spectators are still to be shown something that is committed."""
        return self._showing.is_behind

    def standing(self, viewer: Viewer) -> tuple[Epoch, Version]:
        """Where the room stands for this viewer."""
        return self._showing.standing(viewer)

    def view(self, viewer: Viewer) -> RenderedView:
        """The game's view with the frame's `clock`; kept per version and viewer class."""
        return self._showing.view(viewer)

    def catch_up(self, viewer: Viewer, held: Held | None) -> CatchUp:
        """What a client that holds `held` needs. A wrong checksum at the right version, another
        epoch, an unknown or too old version: a snapshot."""
        return self._showing.catch_up(viewer, held)

    def frame(self, game: State, viewer: Viewer) -> bytes:
        """A state of a match in real time, packed by its game. Raises what the game's code raises."""
        return self._showing.frame(game, viewer)

    def events_after(
        self, after: Version, limit: int, viewer: Viewer, player: PlayerId | None
    ) -> Sequence[ShownEvent]:
        """At most `limit` committed events above `after`, as `viewer` may see them; `player` is
        given the ids of its own actions."""
        return self._showing.events_after(after, limit, viewer, player)

    # ------------------------------------------------------------ what players do

    def join(
        self, player: PlayerId, as_: JoinAs | None, seat: Seat | None, held: Held | None, answer: JoinAnswer
    ) -> None:
        """Take part. A player's own seat is kept; without `as_` a free seat is taken if there is
        one, else the player watches. As PLAYER: `seat_taken`, `room_full`. Taking a seat is an
        event, so its answer waits for the commit; all others are given before this returns.
        """
        self._joining.join(player, as_, seat, held, answer)

    def act(self, player: PlayerId, act: ActLike, answer: ActAnswer) -> None:
        """One action. `answer` gets Accepted after the commit, or Refused (at once, or with
        `unavailable` when the commit failed). A refusal has no effect. The same id with the same
        content gets the first answer's version again."""
        self._acting.act(player, act, answer)

    def leave(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Give the seat up; in a running match, give the match up with it. A spectator's leaving,
        and anybody's of a room that takes no more events, is answered at once and changes nothing."""
        self._up_to_now()
        self._matches.leave(player, answer)

    def rematch(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Want one more match; it starts when every seat does. Wanting it twice is the same.

        `wrong_phase` while no match is over, `draining` when the server is about to restart.
        """
        self._matches.rematch(player, answer)

    # ------------------------------------------------------------ what an admin does

    def pause(self, reason: str, answer: DoneAnswer) -> None:
        """Have the clocks stand and refuse actions until `resume`. `wrong_phase` where no match is on."""
        # What an admin writes is not one of the reasons for which a match goes on by itself.
        self.pause_by_itself(f"admin: {reason}" if reason in Paused.BY_ITSELF else reason, answer)

    def pause_by_itself(self, reason: str, answer: DoneAnswer) -> None:
        """As `pause`; after a reason of `Paused.BY_ITSELF` a match in real time goes on without an admin."""
        self._up_to_now()
        self._commands.pause(reason, answer)

    def resume(self, answer: DoneAnswer) -> None:
        """Have a paused match go on. `wrong_phase` where none is paused."""
        self._commands.resume(answer)

    def rewind(self, to_version: Version, answer: DoneAnswer) -> None:
        """Have the match stand as after `to_version`, in a new epoch and with a new chance, for those who
        have the seats now. A faulted room is mended by it; a paused one stays paused.

        `wrong_phase`: no match was on then, or that version was taken back already, or somebody has
        left who had a seat then.
        """
        self._up_to_now()
        self._commands.rewind(to_version, answer)

    def kick(self, seat: Seat, answer: DoneAnswer) -> None:
        """Free a seat; its player gives the match up, and may watch, but not take a seat again here.
        `not_seated` where nobody has it."""
        self._up_to_now()
        self._commands.kick(seat, answer)

    def reopen(self, reason: str) -> None:
        """Begin a new epoch: what was shown last may be lost. `reason` is `crash` or `restore`."""
        self._commands.reopen(reason)

    def close(self, reason: str, answer: DoneAnswer | None = None) -> None:
        """End the room for good: no event follows. `reason` is `empty` or `admin`."""
        self._up_to_now()
        self._commands.close(reason, answer)

    def _up_to_now(self) -> None:
        """Journal what is played in real time and is not journalled yet: something else follows it."""
        if self._realtime is not None:
            self._realtime.catch_up()

    # ------------------------------------------------------------ telling

    def _settle_soon(self) -> None:
        if not self._is_settling_soon:
            self._is_settling_soon = True
            self._services.settle_soon(self.room_id)

    def settle(self) -> None:
        """For the directory: give the answers of this turn's commits, then tell the listener."""
        self._is_settling_soon = False
        ledger = self._ledger
        events = ledger.take_events()
        for event in events:
            if event.kind is _LEFT and event.seat is not None:
                self.presence.seat_freed(event.seat)
        for reply, failure in ledger.take_replies():
            try:
                reply(failure)
            except Exception:
                self._faults.log("an answer could not be given")
        was_reloaded = ledger.take_reloaded()
        if was_reloaded:
            lost = ledger.take_lost()
            if self._realtime is not None:
                self._realtime.reloaded(lost)
            self._tell(self._services.listener.reloaded)
        before, after = self._told, ledger.committed
        self._told = after
        if after.version > before.version:
            update = self._showing.update(before, after, events)
            try:  # as `_tell`, without a closure for every move
                self._services.listener.committed(self, update)
            except Exception as error:
                self._listener_failed(error)
            ledger.save_recovery_point()
            if update.status_changed:
                self._attendance.set_unjoined()
        if after.status is _CLOSED:
            if not self._is_closed_told:
                self._is_closed_told = True
                self._tell(self._services.listener.closed)
            if not self.is_behind:
                self._services.forget(self.room_id)
        elif was_reloaded:
            self._attendance.set_unjoined()  # what was lost may have been its closing
            self._bots.wake_later()
        else:
            self._wake_bots()
        if self._realtime is not None:
            self._realtime.follow()

    def _release(self) -> None:
        """Show spectators what is old enough."""
        update = self._showing.release()
        if update is None:
            return
        try:
            self._services.gallery.released(self, update)
        except Exception as error:
            self._listener_failed(error)
        if self._is_closed_told and not self.is_behind:
            self._tell(self._services.listener.closed)
            self._services.forget(self.room_id)

    def _tell(self, told: "Callable[[Room], None]") -> None:
        try:
            told(self)
        except Exception as error:
            self._listener_failed(error)

    def _listener_failed(self, error: Exception) -> None:
        if isinstance(error, ViewFault):
            self._faults.stop("the game failed to show itself")
        else:
            self._faults.log("its listener failed")

    def _stopped(self) -> None:
        """The game failed too often, or beyond repair."""
        self._ledger.stop_flag()
        self._attendance.set_unjoined()
        self._tell(self._services.listener.faulted)

    # ------------------------------------------------------------ for the directory and for bots

    def open(self, *, awaits_players: bool = True) -> None:
        """Once, when made or taken into memory: set deadlines. `awaits_players`: they were here a
        moment ago, as after a restart, and are expected back."""
        if awaits_players:
            self.presence.await_players()
        if self._realtime is not None:
            self._realtime.opened()
        self._attendance.set_unjoined()
        self._ledger.set_flag()
        self._matches.start_if_ready()
        self._wake_bots()

    @property
    def clock_since_us(self) -> int:
        """The game time at which the running clock began to run."""
        return self._ledger.applied_since_us

    def run_clock_from(self, since_us: int) -> None:
        """Before `open`: the running clock runs since then, not since now."""
        self._ledger.run_clock_from(since_us)

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody is here and nothing is under way."""
        return (
            self.presence.is_empty
            and self._ledger.is_settled
            and not self._is_settling_soon
            and not self.is_behind
            and not self._faults.is_stopped
            and not self._bots.is_thinking
            and not (self.status is Status.PLAYING and self.game.ticks_per_second)
        )

    def drop_what_is_only_shown(self) -> None:
        """Nobody watches: forget what is kept for those who do, and is made again for them."""
        self._showing.rest()
        self._ledger.rest()
        self._told = self._ledger.committed

    def mend(self) -> None:
        """For an admin: play on after a fault. The time in which nobody could act is nobody's loss."""
        was_stopped = self._faults.is_stopped
        if was_stopped:
            self._ledger.run_clock_from(self._services.time.now_us())
        self._faults.mend()
        self._ledger.set_flag()
        if was_stopped:
            self._tell(self._services.listener.mended)
        if self._faults.is_stopped:
            return  # it cannot even show itself
        self._presence_changed()
        self._wake_bots()

    @property
    def fault(self) -> Fault | None:
        """The newest thing that failed here, for an admin."""
        return self._faults.last

    def guarded(self, do: Callable[[], None]) -> None:
        """Whatever fails in `do` is this room's fault and no other room's."""
        try:
            do()
        except FAULTS:
            self._faults.stop("failed")

    def take_seat(self, player: PlayerId, seat: Seat) -> None:
        """Give a free seat to a bot."""
        self._matches.take_seat(player, seat)

    def give_up(self, seat: Seat) -> None:
        """A bot knows no legal move: it leaves the match."""
        self._matches.give_up(seat)

    def on_deadline(self, kind: str, seat: Seat, now_us: int) -> None:
        """Something that this room had noted is due."""
        if kind == FLAG:
            self._matches.flag_due(now_us)
        elif kind == GALLERY:
            self._release()
        elif kind == GRACE:
            self.presence.grace_over(seat)
        elif kind == BOT:
            ledger = self._ledger
            self._bots.due(seat, ledger.committed, is_settled=ledger.applied is ledger.committed)
        elif kind == WAKE and self._realtime is not None:
            self._realtime.follow()
        elif kind == UNJOINED and self._attendance.is_unwanted:
            self.close("empty")

    def drain(self) -> None:
        """The process is about to end."""
        if self._realtime is not None:
            self._realtime.drain()

    def _wake_bots(self) -> None:
        if self._realtime is not None:
            return  # they are asked tick by tick
        ledger = self._ledger
        self._bots.wake(ledger.committed, is_settled=ledger.applied is ledger.committed)

    # ------------------------------------------------------------ who is there

    def _presence_changed(self) -> None:
        self._attendance.set_unjoined()
        if self._realtime is not None:
            self._realtime.follow()
        self._tell(self._services.listener.presence_changed)

    def _grace(self, seat: Seat, begins: bool) -> None:
        self._attendance.grace(seat, begins)

    def _lag_ms(self, seat: Seat) -> int:
        """How long what this seat sends is on its way and back, within the bound."""
        return min(self.presence.latency_ms(seat), self._services.config.lag_bound_ms)

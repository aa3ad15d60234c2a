"""One room's match in real time: it ticks while somebody plays, and is journalled a second at a time.

What is shown and answered here is applied and not yet stored (durability `relaxed`): frames show the
newest tick of the `timeline`, and about once a second the ticks that cannot change any more become one
`ticks` row. Whatever else is journalled of such a room (somebody leaves, an admin pauses it) comes after
a row with all ticks up to now, so that a fold meets everything in the order in which it happened.

A match that nobody plays is paused, and goes on once its players are back or their grace is over. What
ends in order is paused too: a room that was playing when the process began anew was cut off, and may
have lost its last second.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Raw

from kibitz.codes import Code
from kibitz.ids import ActionId, Epoch, PlayerId, Seat, is_house_bot
from kibitz.journal.records import EventKind
from kibitz.rooms.answers import ActLike
from kibitz.rooms.fold.event_args import Paused, TickInput, Ticks, encode_args
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.guard.faults import Faults
from kibitz.rooms.guard.guard import FAULTS, Doing
from kibitz.rooms.ledger.known_acts import KnownAct, KnownActs, content_of
from kibitz.rooms.ledger.ledger import Ledger
from kibitz.rooms.realtime.live_bots import LiveBots
from kibitz.rooms.realtime.timeline import Timeline
from kibitz.rooms.services.services import WAKE, Services
from kibitz.rooms.services.ticker import Beat
from kibitz.rules import Args, Game, Move, Refusal, State, refuse

if TYPE_CHECKING:
    from kibitz.rooms.room import Room

encode_json = msgspec.json.Encoder().encode

_CHANGES_NOTHING = (EventKind.TICKS, EventKind.PAUSED)

JITTER_MS = 100
"""So much later than usual what a player does may arrive and still count at the tick it names."""


class Realtime:
    def __init__(
        self,
        room: "Room",
        services: Services,
        fold: Fold,
        ledger: Ledger,
        faults: Faults,
        *,
        was_cut_off: bool,
    ) -> None:
        """`was_cut_off`: the journal has the room in the middle of a match that was not paused."""
        self._room = room
        self._services = services
        self._fold = fold
        self._ledger = ledger
        self._faults = faults
        self._was_cut_off = was_cut_off
        self._game: Game[Any] = fold.referee.game
        self._per_second = self._game.ticks_per_second
        self._timeline: Timeline | None = None
        self._base: State | None = None
        """The state that the timeline continues: that of `applied`, or somebody else changed it."""
        self._unstored: list[Ticks] = []
        self._answered = KnownActs()
        self._beat: Beat | None = None
        self._epoch = Epoch("")
        self._resume_after_us = 0
        """A resume that could not be stored is not tried again before then."""
        self._bots = LiveBots(room, services, self._ride)

    # ------------------------------------------------------------ beginning and end

    def opened(self) -> None:
        """The room is in use now."""
        if self._was_cut_off:
            self._was_cut_off = False
            self._room.reopen("crash")
            self._pause(Paused.CRASH)

    def follow(self) -> None:
        """Have the match tick, stand, or go on. To be called after each commit, and when somebody comes
        or goes."""
        ledger = self._ledger
        applied, committed = ledger.applied, ledger.committed
        if self._beat is not None and applied.epoch != self._epoch:
            self._stand()  # rewound: it begins anew from there
            self._timeline = None
        self._unstored = [each for each in self._unstored if each.first + each.count > committed.tick]
        if applied.status is not Status.PLAYING or self._faults.is_stopped or ledger.is_closing:
            self._stand()
            if committed is applied:
                self._timeline = None
                if self._may_go_on():
                    self._resume()
        elif self._beat is None:
            if committed is applied and self._is_wanted():
                self._begin()
        elif not self._is_wanted():
            self.catch_up()
            if ledger.applied.status is Status.PLAYING:
                self._pause(Paused.AWAY)

    def drain(self) -> None:
        """The process is about to end: nothing may be lost."""
        self.catch_up()
        if self._ledger.applied.status is Status.PLAYING and self._ledger.obstacle() is None:
            self._pause(Paused.DRAIN)

    def reloaded(self, lost: Sequence[EventKind]) -> None:
        """These could not be stored, the newest last. Ticks are kept, and stored later, unless something
        was lost that changed the match."""
        self._stand()
        if EventKind.RESUMED in lost:
            self._resume_after_us = self._services.time.now_us() + self._services.config.retry_ms * 1000
            self._services.deadlines.set((self._room.key, WAKE, 0), self._resume_after_us)
        if self._timeline is not None and all(kind in _CHANGES_NOTHING for kind in lost):
            for ticks in reversed(self._unstored):
                self._timeline.unseal(ticks)
            self._base = self._ledger.applied.state
        else:
            self._timeline = None
        self._unstored.clear()

    # ------------------------------------------------------------ what is done in it

    def add(self, seat: Seat, player: PlayerId, act: ActLike, payload: Args) -> Refusal | None:
        """Have an action count at the tick that it names, within the bound, or now. None: it does.

        Raises what the game's code raises; nothing is changed then.
        """
        timeline = self._synced()
        if timeline is None:
            return refuse(Code.ROOM_PAUSED)
        named = getattr(act, "tick", None)
        tick = timeline.now
        if isinstance(named, int):
            tick = max(named, timeline.now - self._explained_ticks(seat))
        args = Raw(self._fold.referee.encode_args(payload).encode())
        return timeline.add(TickInput(tick, seat, act.type, args, player, ActionId(act.id)), payload)

    def _explained_ticks(self, seat: Seat) -> int:
        """How far back a stamp is believed: as far as the player's connection explains it, so that who
        has a good one cannot look first and act earlier."""
        trip_ms = self._room.presence.round_trip_ms(seat)
        if trip_ms is None:
            return self._game.late_ticks
        return -(-(trip_ms + JITTER_MS) * self._per_second // 1000)

    def find(self, player: PlayerId, action_id: str) -> KnownAct | None:
        return self._answered.find(player, action_id)

    def remember(self, player: PlayerId, action_id: ActionId, act: KnownAct) -> None:
        self._answered.add(player, action_id, act)

    def catch_up(self) -> None:
        """Note all ticks up to now: something else is to be journalled."""
        timeline = self._synced()
        if timeline is not None and self._ledger.applied.status is Status.PLAYING:
            self._seal(timeline, everything=True)

    def _ride(self, seat: Seat, player: PlayerId | None, move: Move) -> None:
        """A brain has chosen, for its own seat or for that of a player who is away (`player` None)."""
        timeline = self._synced()
        referee = self._fold.referee
        if timeline is None or self._beat is None:
            return
        payload = referee.decode_args(move.type, encode_json(move.args))
        if isinstance(payload, Refusal):
            return
        args = Raw(referee.encode_args(payload).encode())
        try:
            self._services.guard.enter(Doing.BOT, self._room.room_id)
            timeline.add(TickInput(timeline.now, seat, move.type, args, player), payload)
        except FAULTS:
            self._faults.count(f"the game failed at {move.type}")
        finally:
            self._services.guard.leave()

    # ------------------------------------------------------------ ticking

    def _begin(self) -> None:
        applied = self._ledger.applied
        if applied.state is None:
            return
        config, timeline = self._services.config, self._synced()
        hold_ms = config.retry_ms  # what is kept could not be stored a moment ago
        if timeline is None:
            timeline = self._made(applied.state, applied.tick)
            hold_ms = config.resume_ms if applied.tick > 0 else 0
        self._epoch = applied.epoch
        self._beat = self._services.ticker.begin(self._per_second, self._due, in_ms=hold_ms)
        self._services.frames.begun(self._room, hold_ms)
        self._show(timeline)

    def _made(self, game: State, tick: int) -> Timeline:
        self._timeline = Timeline(self._fold.referee, game, tick)
        self._base = game
        return self._timeline

    def _synced(self) -> Timeline | None:
        """The timeline; made anew where something else than ticks moved the match."""
        applied = self._ledger.applied
        if self._timeline is None or applied.state is self._base or applied.state is None:
            return self._timeline
        return self._made(applied.state, applied.tick)

    def _stand(self) -> None:
        if self._beat is not None:
            self._beat.end()
            self._beat = None

    def _due(self, count: int) -> None:
        """So many ticks are due. Whatever fails is this room's fault and no other room's."""
        self._room.guarded(partial(self._ticked, count))

    def _ticked(self, count: int) -> None:
        timeline = self._synced()
        behind_most = self._services.config.ticks_behind_most_ms * self._per_second // 1000
        applied = self._ledger.applied
        if timeline is None or self._faults.is_stopped or applied.status is not Status.PLAYING:
            self._stand()
            return
        if applied.epoch != self._epoch:  # rewound, and not stored yet: `follow` begins anew
            self._stand()
            return
        if timeline.now - self._ledger.committed.tick > behind_most:
            # What the disk cannot keep up with would be lost in a crash: the match waits for it.
            if not self._unstored:
                self._seal(timeline, everything=False)
            return
        try:
            self._services.guard.enter(Doing.TICK, self._room.room_id)
            for _ in range(count):
                timeline.advance()
            tick, settled = timeline.settled
            is_over = self._fold.referee.outcome(settled) is not None
        except FAULTS:
            self._faults.stop("the game failed at a tick")
            self._stand()
            return
        finally:
            self._services.guard.leave()
        row_ticks = self._services.config.ticks_row_ms * self._per_second // 1000
        if is_over or tick - timeline.first >= row_ticks:
            self._seal(timeline, everything=False)
        if self._ledger.applied.status is Status.PLAYING:
            self._show(timeline)
            self._bots.think(timeline.now, timeline.game)

    def _show(self, timeline: Timeline) -> None:
        try:
            self._services.frames.ticked(self._room, timeline.now, timeline.game)
        except FAULTS:
            self._faults.stop("the game failed to show itself")
            self._stand()

    def _seal(self, timeline: Timeline, *, everything: bool) -> None:
        """Journal what is settled. The end of the match comes with the row that holds it."""
        try:
            self._services.guard.enter(Doing.TICK, self._room.room_id)
            sealed = timeline.seal(everything=everything)
            if sealed is None:
                return
            ticks, game = sealed
            at_us = self._services.clock.now_us()
            transition = self._fold.ticks_played(self._ledger.applied, at_us, game, ticks.count)
        except FAULTS:
            self._faults.stop("the game failed at a tick")
            self._stand()
            return
        finally:
            self._services.guard.leave()
        self._base = game
        self._unstored.append(ticks)
        self._ledger.append(EventKind.TICKS, transition, args=encode_args(ticks))
        for done in ticks.inputs:
            if done.player_id is not None and done.action_id is not None:
                content = content_of(done.type, bytes(done.args).decode())
                act = KnownAct(transition.after.version, content)
                self._ledger.acts.add(done.player_id, done.action_id, act)
        if self._ledger.applied.status is not Status.PLAYING:
            self._stand()

    # ------------------------------------------------------------ who is there

    def _is_wanted(self) -> bool:
        """Whether anybody plays; with bots alone, whether anybody watches."""
        players = [each for each in self._ledger.committed.players if each and not is_house_bot(each)]
        if not players:
            return not self._room.presence.is_empty
        return any(
            each.status == "connected" and each.player is not None and not is_house_bot(each.player)
            for each in self._room.presence.seats()
        )

    def _may_go_on(self) -> bool:
        applied = self._ledger.applied
        if applied.status is not Status.PAUSED or applied.paused_for not in Paused.BY_ITSELF:
            return False
        if self._services.time.now_us() < self._resume_after_us:
            return False
        is_awaited = any(each.status == "reconnecting" for each in self._room.presence.seats())
        return not is_awaited and self._is_wanted() and not self._services.is_draining()

    def _pause(self, reason: str) -> None:
        self._stand()
        self._room.pause_by_itself(reason, _ignore)

    def _resume(self) -> None:
        self._room.resume(_ignore)


def _ignore(_: object) -> None:
    """Stands for the answer that nobody waits for."""

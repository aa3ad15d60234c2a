"""One room as one client takes part in it: its view in step with the server, its actions answered.

The work of keeping in step is `kibitz.sync.reconcile`; this module carries its wishes to the
connection and its results to the caller. A session outlives connections: after each reconnect it joins
again with what it holds, and sends again, under the same ids, what was never answered.
"""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType

from kibitz.client.answers import read_answer
from kibitz.client.batches import BatchReader
from kibitz.client.changes import Changes
from kibitz.client.connection import Connection
from kibitz.client.errors import AnswerTimeout, ClientClosed, ClientError, ConnectionLost, Refused
from kibitz.client.session_events import Changed, Incidents, SessionEvent
from kibitz.client.subscription import Subscription
from kibitz.client.ticks import TickClock
from kibitz.client.timers import Timers
from kibitz.clock import Clock
from kibitz.codes import Advice, Code, NoticeCode
from kibitz.ids import ActionId, Entropy, Epoch, GameName, RoomId, Seat, Version, new_action_id
from kibitz.protocol.messages import (
    Act,
    Acted,
    Batch,
    Chat,
    ChatSaid,
    Done,
    Frame,
    Join,
    Joined,
    Leave,
    Notice,
    Patch,
    Presence,
    Rematch,
    Resync,
    Snapshot,
)
from kibitz.sync import canonical
from kibitz.sync.canonical import Value
from kibitz.sync.reconcile import Incident, Output, Predict, Replica, RolledBack, SendAct, SendResync

A = TypeVar("A", bound=Struct)

Part = Literal["player", "spectator"]

REJOIN_MS = 500
"""Wait before a refused join is tried again, where its code says so and the answer does not say when."""


class RoomSession:
    """Made by `Client.join`. Properties tell what is confirmed, `view` alone includes what is pending."""

    def __init__(
        self,
        room: RoomId,
        *,
        part: Part | None,
        seat: Seat | None,
        predict: Predict | None,
        timers: Timers,
        clock: Clock,
        entropy: Entropy,
        answer_timeout_ms: int,
    ) -> None:
        self.room = room
        self.game: GameName | None = None
        self.match = 0
        self.presence: Presence | None = None
        self.incidents = Incidents()
        self._part = part
        self._asked_seat = seat
        self._replica = Replica(predict)
        self.frame: Frame | None = None
        """The newest frame of a game in real time."""
        self.ticks = TickClock(clock)
        """Which tick a game in real time is at."""
        self._clock = clock
        self._timers = timers
        self._entropy = entropy
        self._answer_timeout_ms = answer_timeout_ms
        self._connection: Connection | None = None
        self._acts: dict[str, asyncio.Future[Acted]] = {}
        self._sent_before: set[str] = set()
        self._subscriptions: list[Subscription[SessionEvent]] = []
        self._changes = Changes(timers)
        self._batches = BatchReader()
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._error: ClientError | None = None

    # ------------------------------------------------------------ what is known

    @property
    def view(self) -> Value:
        """The confirmed view with pending actions on top, as far as `predict` can tell their effect."""
        return self._replica.shown

    @property
    def confirmed(self) -> Value:
        return self._replica.view

    @property
    def seat(self) -> Seat | None:
        """None for a spectator, and while a newer connection of the same player has the seat."""
        return None if self._replica.seat is None else Seat(self._replica.seat)

    @property
    def version(self) -> Version:
        return Version(self._replica.version)

    @property
    def epoch(self) -> Epoch | None:
        return None if self._replica.epoch is None else Epoch(self._replica.epoch)

    @property
    def is_joined(self) -> bool:
        """False while the connection is away; the session joins again by itself."""
        return self._replica.is_joined

    @property
    def is_over(self) -> bool:
        """Left, closed, or refused for good."""
        return self._error is not None

    @property
    def pending(self) -> tuple[ActionId, ...]:
        """Own actions that are not confirmed yet, in order."""
        return tuple(ActionId(action.id) for action in self._replica.pending)

    def events(self) -> Subscription[SessionEvent]:
        """Everything that happens in the room from now on. Close it when done with it."""
        subscription: Subscription[SessionEvent] = Subscription()
        if self._error is not None:
            subscription.close()
        self._subscriptions = [each for each in self._subscriptions if not each.is_closed]
        self._subscriptions.append(subscription)
        return subscription

    async def until(self, condition: Callable[["RoomSession"], bool], timeout_ms: int | None = None) -> None:
        """Return as soon as `condition(self)` holds; it is asked now and after every change.

        Raises `TimeoutError` after `timeout_ms`, `ClientClosed` or `Refused` when the session is over.
        """

        def holds() -> bool:
            if condition(self):
                return True
            if self._error is not None:
                raise self._error
            return False

        await self._changes.until(holds, timeout_ms)

    # ------------------------------------------------------------ what the player does

    async def act(
        self,
        action_type: str,
        args: Value = None,
        *,
        action_id: ActionId | None = None,
        tick: int | None = None,
    ) -> Acted:
        """Do one action; return when it is committed to the journal.

        With `tick` (games in real time; `ticks.now()`) it counts at that tick, as far back as the server
        believes it, is answered once it is applied, and is never sent again: raises `ConnectionLost` or
        `AnswerTimeout` where no answer came.

        Lost connections and lost answers are waited out: the action is sent again under its id, which
        the server carries out once. Raises `Refused` when the server said no (its `advice` tells what
        to do), `ClientClosed` when the session ended first. Cancelling leaves the action in doubt.
        """
        if self._error is not None:
            raise self._error
        action = new_action_id(self._entropy) if action_id is None else action_id
        if action in self._acts:
            raise ValueError(f"the action {action} is on its way already")
        if tick is not None:
            return await self._act_at(action, action_type, {} if args is None else args, tick)
        answer: asyncio.Future[Acted] = asyncio.get_running_loop().create_future()
        self._acts[action] = answer
        try:
            self._carry_out(self._replica.act(action, action_type, {} if args is None else args))
            self._changes.announce()
            return await answer
        finally:
            self._acts.pop(action, None)
            self._sent_before.discard(action)

    async def _act_at(self, action: ActionId, action_type: str, args: Value, tick: int) -> Acted:
        epoch = self.epoch
        if epoch is None:
            raise ConnectionLost("the room was not joined yet")
        raw = Raw(canonical.encode(args))
        act = Act(self.room, epoch, action, self.version, action_type, raw, tick=max(0, tick))
        began_us = self._clock.monotonic_us()
        acted = await self._call("act", act, Acted)
        self.ticks.measured(self._clock.monotonic_us() - began_us)
        return acted

    async def rematch(self) -> None:
        """Offer, or agree to, one more match. Raises `Refused`, `ConnectionLost`, `AnswerTimeout`."""
        await self._call("rematch", Rematch(self.room), Done)

    async def chat(self, text: str) -> None:
        """Say something to everybody in the room. Raises as `rematch` does."""
        await self._call("chat", Chat(self.room, text), Done)

    async def leave(self) -> None:
        """Take no part any more; a player who leaves a running match gives it up. Ends the session."""
        await self._call("leave", Leave(self.room), Done)
        self._end(ClientClosed("the room was left"))

    def resync(self) -> None:
        """Ask for the room's state, whatever is held. `until` tells when something came."""
        held = self._replica.held
        if held is not None and not self._replica.is_resyncing:
            self._replica.is_resyncing = True
            self._send_resync(SendResync(held.epoch, held.version, held.checksum))

    # ------------------------------------------------------------ from the client

    async def first_join(self) -> None:
        """Wait for the first answer to `join`. Raises `Refused`, `ClientClosed`."""
        await self._first

    def attach(self, connection: Connection) -> None:
        """A connection is up: join on it."""
        self._connection = connection
        self._join(connection)

    def detach(self) -> None:
        """The connection is gone."""
        self._connection = None
        self._carry_out(self._replica.lost())
        self._changes.announce()

    def close(self, error: ClientError) -> None:
        """No connection follows; everybody who waits is told `error`."""
        self._end(error)

    def take(self, message: Patch | Snapshot | Batch | Frame | Presence | ChatSaid | Notice) -> None:
        """The server sent something to this room."""
        if isinstance(message, Batch):
            self._take_batch(message)
        elif isinstance(message, Frame):
            if not self.ticks.heard(message.epoch, message.tick):
                return
            self.frame = message
            self._publish(message)
        elif isinstance(message, Patch):
            self._settle_by(message)
            self._follow(self._replica.patch(message), message.version)
        elif isinstance(message, Snapshot):
            self.match = message.match
            self._follow(self._replica.snapshot(message), message.version, is_rejoin=True)
        else:
            if isinstance(message, Presence):
                self.presence = message
            self._publish(message)
            if isinstance(message, Notice) and message.code == NoticeCode.ROOM_CLOSED:
                self._end(Refused(Code.ROOM_CLOSED, message.message))
            elif isinstance(message, Notice) and message.code == NoticeCode.SUPERSEDED:
                self._replica.seat = None  # a join asks for it again
            elif isinstance(message, Notice) and message.code == NoticeCode.KICKED:
                self._replica.seat, self._part, self._asked_seat = None, "spectator", None
        self._changes.announce()

    # ------------------------------------------------------------ inside

    def _take_batch(self, batch: Batch) -> None:
        messages, is_next = self._batches.take(batch)
        for message in messages:
            if isinstance(message, Patch | Snapshot | Presence | ChatSaid | Notice):
                self.take(message)
        if not is_next:
            self.resync()

    def _join(self, connection: Connection) -> None:
        held = self._replica.held
        message = Join(
            self.room,
            as_=UNSET if self._part is None else self._part,
            seat=UNSET if self._asked_seat is None else self._asked_seat,
            epoch=UNSET if held is None else held.epoch,
            version=UNSET if held is None else held.version,
            checksum=UNSET if held is None else held.checksum,
        )

        began_us = self._clock.monotonic_us()

        def on_answer(answer: object) -> None:
            if self._connection is not connection or self._error is not None:
                return
            joined = read_answer(answer, Joined)
            if isinstance(joined, Joined):
                self.ticks.measured(self._clock.monotonic_us() - began_us)
                self._on_joined(joined)
            elif isinstance(joined, AnswerTimeout):
                self._join(connection)
            elif isinstance(joined, Refused) and joined.advice is Advice.RETRY:
                delay_ms = joined.retry_ms or REJOIN_MS
                self._timers.call_later(delay_ms, lambda: self._rejoin(connection))
            elif not isinstance(joined, ConnectionLost):
                self._end(joined)

        connection.request("join", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)

    def _rejoin(self, connection: Connection) -> None:
        if self._connection is connection and self._error is None:
            self._join(connection)

    def _on_joined(self, joined: Joined) -> None:
        self._batches.restart()
        self.game = GameName(joined.game)
        self.match = joined.match
        if not isinstance(joined.patches, UnsetType):
            for patch in joined.patches:
                self._settle_by(patch)
        outputs = self._replica.joined(joined)
        # From now on the part is known: a reconnect must not turn a spectator into a player.
        self._part = "spectator" if joined.seat is None else "player"
        self._asked_seat = self.seat
        self._follow(outputs, joined.version, is_rejoin=True)
        self._changes.announce()
        if not self._first.done():
            self._first.set_result(None)

    def _follow(self, outputs: list[Output], version: int, *, is_rejoin: bool = False) -> None:
        """Carry out what the replica wants, and tell that the view changed if it did."""
        self._carry_out(outputs)
        if self._replica.version == version:
            self._publish(Changed(Version(version), is_rejoin))

    def _carry_out(self, outputs: list[Output]) -> None:
        for output in outputs:
            match output:
                case SendAct():
                    self._send_act(output)
                case SendResync():
                    self._send_resync(output)
                case RolledBack():
                    answer = self._acts.get(output.id)
                    if answer is not None and not answer.done():
                        answer.set_exception(Refused(output.code, output.message))
                    self._publish(output)
                case Incident():
                    if output.kind == "checksum":
                        self.incidents.wrong_checksums += 1
                    else:
                        self.incidents.bad_patches += 1
                    self._publish(output)

    def _send_act(self, act: SendAct) -> None:
        connection = self._connection
        if connection is None:
            return  # sent again after the next join
        if act.id in self._sent_before:
            self.incidents.resent_acts += 1
        self._sent_before.add(act.id)
        message = Act(self.room, act.epoch, act.id, act.base, act.type, Raw(canonical.encode(act.args)))

        def on_answer(answer: object) -> None:
            acted = read_answer(answer, Acted)
            if isinstance(acted, Acted):
                self._carry_out(self._replica.acted(act.id, acted.version))
                self._settle(act.id, acted)
            elif isinstance(acted, AnswerTimeout):
                self._send_act(act)
            elif isinstance(acted, Refused) and acted.code == Code.NOT_JOINED:
                # The server forgot that this connection takes part; the action is sent after a join.
                self._carry_out(self._replica.lost())
                self._rejoin(connection)
            elif isinstance(acted, Refused):
                self._refuse(act.id, acted)
            elif not isinstance(acted, ConnectionLost):
                self._refuse(act.id, Refused(Code.INTERNAL, str(acted)))
            self._changes.announce()

        connection.request("act", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)

    def _settle_by(self, patch: Patch) -> None:
        """Own actions among a patch's events are committed, whether or not their answers still come."""
        for event in patch.events:
            if event.action_id is not None:
                self._settle(event.action_id, Acted(event.version))

    def _settle(self, action: str, acted: Acted) -> None:
        future = self._acts.get(action)
        if future is not None and not future.done():
            future.set_result(acted)

    def _refuse(self, action: str, refused: Refused) -> None:
        future = self._acts.get(action)
        if future is not None and not future.done():
            # Before the roll-back, which knows less of the refusal than this exception.
            future.set_exception(refused)
        self._carry_out(self._replica.refused(action, refused.code, refused.message))

    def _send_resync(self, resync: SendResync) -> None:
        connection = self._connection
        if connection is None:
            return  # the next join asks for the same
        self.incidents.resyncs += 1
        message = Resync(self.room, resync.epoch, resync.version, resync.checksum)

        def on_answer(answer: object) -> None:
            if self._connection is not connection:
                return
            joined = read_answer(answer, Joined)
            if isinstance(joined, Joined):
                self._on_joined(joined)
            elif not isinstance(joined, ConnectionLost):
                # Whatever is wrong with it, a join starts from what is held and is judged by itself.
                self._carry_out(self._replica.lost())
                self._timers.call_later(REJOIN_MS, lambda: self._rejoin(connection))

        connection.request("resync", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)

    async def _call(self, event: str, message: Struct, kind: type[A]) -> A:
        if self._error is not None:
            raise self._error
        if self._connection is None:
            raise ConnectionLost("there is no connection at the moment")
        answer = await self._connection.call(event, message, timeout_ms=self._answer_timeout_ms)
        read = read_answer(answer, kind)
        if isinstance(read, ClientError):
            raise read
        return read

    def _publish(self, event: SessionEvent) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)

    def _end(self, error: ClientError) -> None:
        if self._error is not None:
            return
        self._error = error
        for answer in self._acts.values():
            if not answer.done():
                answer.set_exception(error)
        for subscription in self._subscriptions:
            subscription.close()
        if not self._first.done():
            self._first.set_exception(error)
        self._changes.announce()

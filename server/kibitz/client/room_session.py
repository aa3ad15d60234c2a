"""One room as one client takes part in it: its view in step with the server, its actions answered.

The work of keeping in step is `kibitz.sync.reconcile`; this module carries its wishes to the
connection and its results to the caller. A session outlives connections: after each reconnect it joins
again with what it holds, and sends again, under the same ids, what was never answered.
"""

import asyncio
from typing import TypeVar

from msgspec import Raw, Struct, UnsetType

from kibitz.client.answers import read_answer
from kibitz.client.batches import BatchReader
from kibitz.client.connection import Connection
from kibitz.client.errors import AnswerTimeout, ClientClosed, ClientError, ConnectionLost, Refused
from kibitz.client.joining import Joining, Part
from kibitz.client.known_room import KnownRoom
from kibitz.client.own_acts import OwnActs
from kibitz.client.session_events import Changed
from kibitz.client.timers import Timers
from kibitz.clock import Clock
from kibitz.codes import Code, NoticeCode
from kibitz.ids import ActionId, Entropy, GameName, RoomId, Seat, Version, new_action_id
from kibitz.protocol.messages import (
    Act,
    Acted,
    Batch,
    Chat,
    ChatSaid,
    Done,
    Frame,
    Joined,
    Leave,
    Notice,
    Patch,
    Presence,
    Rematch,
    Snapshot,
)
from kibitz.sync import canonical
from kibitz.sync.canonical import Value
from kibitz.sync.reconcile import Incident, Output, Predict, RolledBack, SendAct, SendResync

A = TypeVar("A", bound=Struct)


class RoomSession(KnownRoom):
    """Made by `Client.join`."""

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
        super().__init__(room, predict=predict, timers=timers, clock=clock)
        self._clock = clock
        self._entropy = entropy
        self._answer_timeout_ms = answer_timeout_ms
        self._acts = OwnActs()
        self._batches = BatchReader()
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._joining = Joining(
            room,
            self._replica,
            part=part,
            seat=seat,
            ticks=self.ticks,
            timers=timers,
            clock=clock,
            answer_timeout_ms=answer_timeout_ms,
            on_joined=self._on_joined,
            on_refused=self._end,
            on_forgotten=lambda: self._carry_out(self._replica.lost()),
        )

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
        with self._acts.under_way(action) as answer:
            self._carry_out(self._replica.act(action, action_type, {} if args is None else args))
            self._changes.announce()
            return await answer

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
            self._carry_out([SendResync(held.epoch, held.version, held.checksum)])

    # ------------------------------------------------------------ from the client

    async def first_join(self) -> None:
        """Wait for the first answer to `join`. Raises `Refused`, `ClientClosed`."""
        await self._first

    def attach(self, connection: Connection) -> None:
        """A connection is up: join on it."""
        if self._error is None:
            self._joining.attach(connection)

    def detach(self) -> None:
        """The connection is gone."""
        self._joining.detach()
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
            self._acts.settle_by(message)
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
                self._replica.seat = None
                self._joining.took(None)
        self._changes.announce()

    # ------------------------------------------------------------ inside

    def _take_batch(self, batch: Batch) -> None:
        messages, is_next = self._batches.take(batch)
        for message in messages:
            if isinstance(message, Patch | Snapshot | Presence | ChatSaid | Notice):
                self.take(message)
        if not is_next:
            self.resync()

    def _on_joined(self, joined: Joined) -> None:
        self._batches.restart()
        self.game = GameName(joined.game)
        self.match = joined.match
        if not isinstance(joined.patches, UnsetType):
            for patch in joined.patches:
                self._acts.settle_by(patch)
        outputs = self._replica.joined(joined)
        self._joining.took(self.seat)
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
                    self.incidents.resyncs += self._joining.resync(output)
                case RolledBack():
                    self._acts.fail(output.id, Refused(output.code, output.message))
                    self._publish(output)
                case Incident():
                    if output.kind == "checksum":
                        self.incidents.wrong_checksums += 1
                    else:
                        self.incidents.bad_patches += 1
                    self._publish(output)

    def _send_act(self, act: SendAct) -> None:
        connection = self._joining.connection
        if connection is None:
            return  # sent again after the next join
        self.incidents.resent_acts += self._acts.is_resent(act.id)
        message = Act(self.room, act.epoch, act.id, act.base, act.type, Raw(canonical.encode(act.args)))

        def on_answer(answer: object) -> None:
            acted = read_answer(answer, Acted)
            if isinstance(acted, Acted):
                self._carry_out(self._replica.acted(act.id, acted.version))
                self._acts.settle(act.id, acted)
            elif isinstance(acted, AnswerTimeout):
                self._send_act(act)
            elif isinstance(acted, Refused) and acted.code == Code.NOT_JOINED:
                # The server forgot that this connection takes part; the action is sent after a join.
                self._carry_out(self._replica.lost())
                self._joining.again(connection)
            elif isinstance(acted, Refused):
                self._refuse(act.id, acted)
            elif not isinstance(acted, ConnectionLost):
                self._refuse(act.id, Refused(Code.INTERNAL, str(acted)))
            self._changes.announce()

        connection.request("act", message, timeout_ms=self._answer_timeout_ms, on_answer=on_answer)

    def _refuse(self, action: str, refused: Refused) -> None:
        # Before the roll-back, which knows less of the refusal than this exception.
        self._acts.fail(action, refused)
        self._carry_out(self._replica.refused(action, refused.code, refused.message))

    async def _call(self, event: str, message: Struct, kind: type[A]) -> A:
        if self._error is not None:
            raise self._error
        connection = self._joining.connection
        if connection is None:
            raise ConnectionLost("there is no connection at the moment")
        answer = await connection.call(event, message, timeout_ms=self._answer_timeout_ms)
        read = read_answer(answer, kind)
        if isinstance(read, ClientError):
            raise read
        return read

    def _end(self, error: ClientError) -> None:
        if self._error is not None:
            return
        self._error = error
        self._joining.detach()
        self._acts.end(error)
        for subscription in self._subscriptions:
            subscription.close()
        if not self._first.done():
            self._first.set_exception(error)
        self._changes.announce()

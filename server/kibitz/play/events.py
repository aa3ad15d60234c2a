"""The handlers of the client's events: each checks its rate, finds its room and passes the rest on.

Every event is answered exactly once: at once, or when the room's commit has settled.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from msgspec import UNSET, to_builtins

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.ids import PlayerId, RoomId, Seat
from kibitz.play import outgoing
from kibitz.play.connection import GARBAGE_MAX, ROOMS_MAX, PlayerConnection
from kibitz.play.features import FEATURES
from kibitz.play.outgoing import Names
from kibitz.play.rates import Group, PlayerRates
from kibitz.play.reports import Doubt, Reports
from kibitz.play.sessions import session_over
from kibitz.play.table import Member
from kibitz.play.tables import Tables
from kibitz.play.text import clean
from kibitz.protocol.messages import (
    Act,
    Acted,
    Chat,
    ChatSaid,
    Done,
    Features,
    Join,
    Leave,
    Ping,
    Pong,
    Rematch,
    Resync,
)
from kibitz.rooms.answers import Accepted, JoinAs, Left, Refused, Seated
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import Held, ViewFault
from kibitz.tracing import EVENT
from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Ack, Socket

log = logging.getLogger(__name__)

M = TypeVar("M")
A = TypeVar("A")
_DONE = Done()
EVENTS = ("join", "leave", "act", "resync", "chat", "rematch", "features", "ping")
"""Those of the contract that a client sends."""
_OF_THE_CLIENT = frozenset({"resync", "features", "ping"})
"""These it sends by itself: they are no sign that somebody is there."""


def _ignore(*_: object) -> None:
    """Stands for the ack of a client that did not ask for one."""


class Events:
    """Registers itself for every event of the contract."""

    def __init__(
        self,
        namespace: Namespace,
        directory: Directory,
        tables: Tables,
        rates: PlayerRates,
        clock: Clock,
        reports: Reports,
        names: Names,
    ) -> None:
        self._namespace = namespace
        self._directory = directory
        self._tables = tables
        self._rates = rates
        self._clock = clock
        self._reports = reports
        self._count = reports.count
        self._times = reports.times
        self._names = names
        self._on("join", Join, self._join)
        self._on("leave", Leave, self._leave)
        self._on("act", Act, self._act)
        self._on("resync", Resync, self._resync)
        self._on("chat", Chat, self._chat)
        self._on("rematch", Rematch, self._rematch)
        self._on("features", Features, self._features)
        self._on("ping", Ping, self._ping)
        namespace.on_unknown(self._unknown)

    def _on(self, event: str, message: type[M], handler: Callable[[Socket, M, Ack | None], None]) -> None:
        """Register `handler` so that the client is answered whatever fails in it."""
        is_sign = event not in _OF_THE_CLIENT

        def answered(socket: Socket, taken: M, ack: Ack | None) -> None:
            EVENT.message = taken
            EVENT.number += 1
            try:
                if is_sign:
                    self._is_there(socket)
                handler(socket, taken, ack)
            except ViewFault:
                self._refuse(ack, Code.GAME_FAULT)
            except Exception:
                log.exception("an event failed", extra={"event": event, "socket": socket.id})
                self._refuse(ack, Code.INTERNAL)
            finally:
                EVENT.message = None

        measured = answered if self._times is None else self._times.timed(event, answered)
        self._namespace.on_message(event, message, measured, invalid=self._invalid)

    def _is_there(self, socket: Socket) -> None:
        """The player did something: after 30 idle minutes that is another session on the same connection."""
        connection, monotonic_us = _connection(socket), self._clock.monotonic_us()
        if connection.idle_us(monotonic_us):
            self._reports.ended(session_over(socket, connection, None, self._clock))
            connection.begin_again(self._clock.now_us())
        connection.active_us = monotonic_us

    def _later(self, event: str, answer: Callable[[A], None]) -> Callable[[A], None]:
        """`answer`, which the room may call after this event's handler has returned."""
        return answer if self._times is None else self._times.later(event, answer)

    def _taking_part(
        self, socket: Socket, room: str, group: Group, ack: Ack | None
    ) -> tuple[PlayerConnection, Member] | None:
        """Who asks, in a room that this connection joined; None when that was refused."""
        connection = _connection(socket)
        if wait := self._rates.wait_ms(group, connection.player):
            self._slow_down(ack, wait)
            return None
        member = connection.members.get(room)
        if member is None:
            self._refuse(ack, Code.NOT_JOINED)
            return None
        return connection, member

    # ------------------------------------------------------------ acts

    def _act(self, socket: Socket, message: Act, ack: Ack | None) -> None:
        if message.seat is not UNSET:
            return self._act_from_afar(socket, message, Seat(message.seat), ack)
        taking_part = self._taking_part(socket, message.room, Group.ACT, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        if member.seat is None:
            return self._refuse(ack, Code.NOT_SEATED)
        self._act_in(member.table.room, connection, message, ack)
        return None

    def _act_from_afar(self, socket: Socket, message: Act, seat: Seat, ack: Ack | None) -> None:
        """Of a player who may sit at the table on another device, or on none: who holds the seat goes on
        holding it, and nobody looks present."""
        connection = _connection(socket)
        if wait := self._rates.wait_ms(Group.JOIN, connection.player):  # it may load a room, as a join does
            return self._slow_down(ack, wait)
        room = self._directory.find(RoomId(message.room))
        if isinstance(room, Refused):
            return self._refused(ack, room)
        # Whoever has no seat left may still hear of an act that was accepted before.
        if connection.player in room.players and (
            seat >= len(room.players) or room.players[seat] != connection.player
        ):
            return self._refuse(ack, Code.NOT_SEATED)
        self._act_in(room, connection, message, ack)
        return None

    def _act_in(self, room: Room, connection: PlayerConnection, message: Act, ack: Ack | None) -> None:
        connection.acts += 1
        times = self._times
        began_ns = 0 if times is None else times.began_ns
        answer = partial(self._acted, ack, connection.player, room, message.type, began_ns)
        room.act(connection.player, message, answer)

    def _acted(
        self,
        ack: Ack | None,
        player: PlayerId,
        room: Room,
        action: str,
        began_ns: int,
        answer: Accepted | Refused,
    ) -> None:
        if answer.conflict is not None:
            self._reports.conflict(room.room_id, player, answer.conflict)
        if isinstance(answer, Refused):
            self._refused(ack, answer)
        elif ack is None:
            pass
        elif answer.conflict is None:
            ack.send_json(outgoing.acted(answer.version))
        else:
            ack(Acted(answer.version, conflict=to_builtins(answer.conflict)))
        if self._times is not None:
            self._times.acted(room.game_name, action, began_ns)

    # ------------------------------------------------------------ taking part

    def _join(self, socket: Socket, message: Join, ack: Ack | None) -> None:
        connection = _connection(socket)
        if wait := self._rates.wait_ms(Group.JOIN, connection.player):
            return self._slow_down(ack, wait)
        room = self._directory.find(RoomId(message.room))
        if isinstance(room, Refused):
            return self._refused(ack, room)
        if len(connection.members) >= ROOMS_MAX and message.room not in connection.members:
            return self._refuse(ack, Code.FORBIDDEN, f"A connection takes part in {ROOMS_MAX} rooms at most.")
        held = None
        if message.epoch is not UNSET and message.version is not UNSET:
            checksum = None if message.checksum is UNSET else message.checksum
            held = Held(message.epoch, message.version, checksum)
        as_ = None if message.as_ is UNSET else JoinAs(message.as_)
        seat = None if message.seat is UNSET else Seat(message.seat)
        answer = self._later("join", partial(self._joined, socket, room, ack))
        room.join(connection.player, as_, seat, held, answer)
        return None

    def _joined(self, socket: Socket, room: Room, ack: Ack | None, answer: Seated | Refused) -> None:
        if isinstance(answer, Refused):
            return self._refused(ack, answer)
        if not socket.is_connected:  # gone while the commit was on its way; the seat stays taken
            return None
        connection = _connection(socket)
        table = self._tables.table(room)
        before = connection.members.get(room.room_id)
        if before is not None:
            table.remove(before)
        member = table.add(socket, answer.seat)
        connection.members[room.room_id] = member
        table.fresh[socket] = answer.catch_up.version
        (ack or _ignore)(outgoing.joined(room, answer.seat, answer.catch_up, table.chat))
        self._tables.attach(socket, connection, room, member)
        return None

    def _resync(self, socket: Socket, message: Resync, ack: Ack | None) -> None:
        taking_part = self._taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return
        connection, member = taking_part
        held = Held(message.epoch, message.version, message.checksum)
        caught = member.room.catch_up(member.seat, held)
        socket.forget_state(member.room.room_id)  # the answer leads further than what was owed
        self._count("resync", caught.mode, 1)
        if caught.mode != "current" and message.epoch == caught.epoch:  # another epoch is nobody's mistake
            doubt = Doubt.WRONG_CHECKSUM if message.version == caught.version else Doubt.PATCH_FAILED
            transport = socket.connection.transport
            self._reports.resynced(
                doubt, member.room, connection.player, message.version, message.checksum, transport
            )
        (ack or _ignore)(outgoing.joined(member.room, member.seat, caught, None))

    def _leave(self, socket: Socket, message: Leave, ack: Ack | None) -> None:
        taking_part = self._taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return
        connection, member = taking_part
        if member.seat is None:  # a superseded tab must not give up the seat of the newer one
            self._gone(connection, member)
            (ack or _ignore)(_DONE)
            return
        answer = self._later("leave", partial(self._left, connection, member, ack))
        member.room.leave(connection.player, answer)

    def _left(
        self, connection: PlayerConnection, member: Member, ack: Ack | None, answer: Left | Refused
    ) -> None:
        if isinstance(answer, Refused):
            return self._refused(ack, answer)
        (ack or _ignore)(_DONE)
        if connection.members.get(member.room.room_id) is member:
            self._gone(connection, member)
        return None

    def _gone(self, connection: PlayerConnection, member: Member) -> None:
        connection.members.pop(member.room.room_id, None)
        self._tables.remove(member)

    def _rematch(self, socket: Socket, message: Rematch, ack: Ack | None) -> None:
        taking_part = self._taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        if member.seat is None:
            return self._refuse(ack, Code.NOT_SEATED)
        member.room.rematch(connection.player, self._later("rematch", partial(self._done, ack)))
        return None

    def _done(self, ack: Ack | None, answer: Left | Refused) -> None:
        if isinstance(answer, Refused):
            return self._refused(ack, answer)
        (ack or _ignore)(_DONE)
        return None

    # ------------------------------------------------------------ what no journal keeps

    def _chat(self, socket: Socket, message: Chat, ack: Ack | None) -> None:
        taking_part = self._taking_part(socket, message.room, Group.CHAT, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        text = clean(message.text)
        if not text:
            return self._refuse(ack, Code.BAD_REQUEST, "There is nothing to read in this text.")
        said = ChatSaid(
            room=member.room.room_id,
            seat=member.seat,
            name=self._names(connection.player) or "",
            text=text,
            at_ms=self._clock.now_us() // 1000,
        )
        member.table.chat.append(said)
        (ack or _ignore)(_DONE)
        self._tables.say(member.table, "chat", said)
        return None

    def _features(self, socket: Socket, message: Features, ack: Ack | None) -> None:
        connection = _connection(socket)
        if wait := self._rates.wait_ms(Group.SMALL, connection.player):
            return self._slow_down(ack, wait)
        unknown = [use.name for use in message.used if use.name not in FEATURES]
        if unknown:
            return self._refuse(ack, Code.BAD_REQUEST, "A feature of this list is not known.")
        for use in message.used:
            self._reports.used(connection.player, use.name, use.count)
        (ack or _ignore)(_DONE)
        return None

    def _ping(self, socket: Socket, message: Ping, ack: Ack | None) -> None:
        connection = _connection(socket)
        if wait := self._rates.wait_ms(Group.SMALL, connection.player):
            return self._slow_down(ack, wait)
        (ack or _ignore)(Pong(sent_ms=message.sent_ms, server_ms=self._clock.now_us() // 1000))
        return None

    # ------------------------------------------------------------ refusals

    def _refuse(self, ack: Ack | None, code: Code, message: str = "") -> None:
        self._count("refused", code.value, 1)
        (ack or _ignore)(outgoing.refused(code, message))

    def _refused(self, ack: Ack | None, refusal: Refused) -> None:
        self._count("refused", refusal.code, 1)
        (ack or _ignore)(outgoing.refused_by_room(refusal))

    def _slow_down(self, ack: Ack | None, wait_ms: int) -> None:
        self._count("refused", Code.RATE_LIMITED.value, 1)
        (ack or _ignore)(outgoing.refused(Code.RATE_LIMITED, retry_ms=wait_ms))

    def _invalid(self, socket: Socket, event: str, ack: Ack | None, error: str) -> None:
        self._refuse(ack, Code.BAD_REQUEST, error)
        self._garbage(socket)

    def _unknown(self, socket: Socket, event: str, args: list[object], ack: Ack | None) -> None:
        self._refuse(ack, Code.UNKNOWN_EVENT)
        self._garbage(socket)

    def _garbage(self, socket: Socket) -> None:
        connection = _connection(socket)
        connection.garbage += 1
        self._count("garbage", "messages", 1)
        if connection.garbage == GARBAGE_MAX:
            log.info("connection closed", extra={"reason": "garbage", "player": connection.player})
            socket.disconnect(close=True)


def _connection(socket: Socket) -> PlayerConnection:
    connection = socket.data
    if not isinstance(connection, PlayerConnection):
        raise TypeError("a socket without a player passed the connect handler")
    return connection

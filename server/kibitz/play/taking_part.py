"""Coming, being told what was missed, offering one more match, and leaving."""

from functools import partial

from msgspec import UNSET

from kibitz.codes import Code
from kibitz.ids import RoomId, Seat
from kibitz.play import outgoing
from kibitz.play.answering import DONE, Answering, connection_of, ignore
from kibitz.play.connection import ROOMS_MAX, PlayerConnection
from kibitz.play.rates import Group
from kibitz.play.reports import Doubt, Reports
from kibitz.play.table import Member
from kibitz.play.tables import Tables
from kibitz.protocol.messages import Join, Leave, Rematch, Resync
from kibitz.rooms.answers import JoinAs, Left, Refused, Seated
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room
from kibitz.rooms.views.views import Held
from kibitz.transport.socket import Ack, Socket


class TakingPart:
    """The handlers of `join`, `resync`, `leave` and `rematch`."""

    def __init__(self, answering: Answering, directory: Directory, tables: Tables, reports: Reports) -> None:
        self._answering = answering
        self._directory = directory
        self._tables = tables
        self._reports = reports

    def join(self, socket: Socket, message: Join, ack: Ack | None) -> None:
        connection = connection_of(socket)
        if self._answering.is_too_often(Group.JOIN, connection, ack):
            return None
        room = self._directory.find(RoomId(message.room))
        if isinstance(room, Refused):
            return self._answering.refused(ack, room)
        if len(connection.members) >= ROOMS_MAX and message.room not in connection.members:
            return self._answering.refuse(
                ack, Code.FORBIDDEN, f"A connection takes part in {ROOMS_MAX} rooms at most."
            )
        held = None
        if message.epoch is not UNSET and message.version is not UNSET:
            checksum = None if message.checksum is UNSET else message.checksum
            held = Held(message.epoch, message.version, checksum)
        as_ = None if message.as_ is UNSET else JoinAs(message.as_)
        seat = None if message.seat is UNSET else Seat(message.seat)
        answer = self._answering.later("join", partial(self._joined, socket, room, ack))
        room.join(connection.player, as_, seat, held, answer)
        return None

    def _joined(self, socket: Socket, room: Room, ack: Ack | None, answer: Seated | Refused) -> None:
        if isinstance(answer, Refused):
            return self._answering.refused(ack, answer)
        if not socket.is_connected:  # gone while the commit was on its way; the seat stays taken
            return None
        connection = connection_of(socket)
        table = self._tables.table(room)
        before = connection.members.get(room.room_id)
        if before is not None:
            table.remove(before)
        member = table.add(socket, answer.seat)
        connection.members[room.room_id] = member
        table.fresh[socket] = answer.catch_up.version
        (ack or ignore)(outgoing.joined(room, answer.seat, answer.catch_up, table.chat))
        self._tables.attach(socket, connection, room, member)
        return None

    def resync(self, socket: Socket, message: Resync, ack: Ack | None) -> None:
        taking_part = self._answering.taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return
        connection, member = taking_part
        held = Held(message.epoch, message.version, message.checksum)
        caught = member.room.catch_up(member.seat, held)
        socket.forget_state(member.room.room_id)  # the answer leads further than what was owed
        self._reports.count("resync", caught.mode, 1)
        if caught.mode != "current" and message.epoch == caught.epoch:  # another epoch is nobody's mistake
            doubt = Doubt.WRONG_CHECKSUM if message.version == caught.version else Doubt.PATCH_FAILED
            transport = socket.connection.transport
            self._reports.resynced(
                doubt, member.room, connection.player, message.version, message.checksum, transport
            )
        (ack or ignore)(outgoing.joined(member.room, member.seat, caught, None))

    def leave(self, socket: Socket, message: Leave, ack: Ack | None) -> None:
        taking_part = self._answering.taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return
        connection, member = taking_part
        if member.seat is None:  # a superseded tab must not give up the seat of the newer one
            self._gone(connection, member)
            (ack or ignore)(DONE)
            return
        answer = self._answering.later("leave", partial(self._left, connection, member, ack))
        member.room.leave(connection.player, answer)

    def _left(
        self, connection: PlayerConnection, member: Member, ack: Ack | None, answer: Left | Refused
    ) -> None:
        if isinstance(answer, Refused):
            return self._answering.refused(ack, answer)
        (ack or ignore)(DONE)
        if connection.members.get(member.room.room_id) is member:
            self._gone(connection, member)
        return None

    def _gone(self, connection: PlayerConnection, member: Member) -> None:
        connection.members.pop(member.room.room_id, None)
        self._tables.remove(member)

    def rematch(self, socket: Socket, message: Rematch, ack: Ack | None) -> None:
        taking_part = self._answering.taking_part(socket, message.room, Group.JOIN, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        if member.seat is None:
            return self._answering.refuse(ack, Code.NOT_SEATED)
        member.room.rematch(connection.player, self._answering.later("rematch", partial(self._done, ack)))
        return None

    def _done(self, ack: Ack | None, answer: Left | Refused) -> None:
        if isinstance(answer, Refused):
            return self._answering.refused(ack, answer)
        (ack or ignore)(DONE)
        return None

"""Acts: from a seat at the table, and from afar."""

from functools import partial

from msgspec import UNSET, to_builtins

from kibitz.codes import Code
from kibitz.ids import PlayerId, RoomId, Seat
from kibitz.play import outgoing
from kibitz.play.answering import Answering, connection_of
from kibitz.play.connection import PlayerConnection
from kibitz.play.rates import Group
from kibitz.play.reports import Reports
from kibitz.protocol.messages import Act, Acted
from kibitz.rooms.answers import Accepted, Refused
from kibitz.rooms.directory.directory import Directory
from kibitz.rooms.room import Room
from kibitz.transport.socket import Ack, Socket


class Acting:
    """The handler of `act`."""

    def __init__(self, answering: Answering, directory: Directory, reports: Reports) -> None:
        self._answering = answering
        self._directory = directory
        self._reports = reports
        self._times = reports.times

    def act(self, socket: Socket, message: Act, ack: Ack | None) -> None:
        if message.seat is not UNSET:
            return self._act_from_afar(socket, message, Seat(message.seat), ack)
        taking_part = self._answering.taking_part(socket, message.room, Group.ACT, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        if member.seat is None:
            return self._answering.refuse(ack, Code.NOT_SEATED)
        self._act_in(member.table.room, connection, message, ack)
        return None

    def _act_from_afar(self, socket: Socket, message: Act, seat: Seat, ack: Ack | None) -> None:
        """Of a player who may sit at the table on another device, or on none: who holds the seat goes on
        holding it, and nobody looks present."""
        connection = connection_of(socket)
        if self._answering.is_too_often(Group.JOIN, connection, ack):  # it may load a room, as a join does
            return None
        room = self._directory.find(RoomId(message.room))
        if isinstance(room, Refused):
            return self._answering.refused(ack, room)
        # Whoever has no seat left may still hear of an act that was accepted before.
        if connection.player in room.players and (
            seat >= len(room.players) or room.players[seat] != connection.player
        ):
            return self._answering.refuse(ack, Code.NOT_SEATED)
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
            self._answering.refused(ack, answer)
        elif ack is None:
            pass
        elif answer.conflict is None:
            ack.send_json(outgoing.acted(answer.version))
        else:
            ack(Acted(answer.version, conflict=to_builtins(answer.conflict)))
        if self._times is not None:
            self._times.acted(room.game_name, action, began_ns)

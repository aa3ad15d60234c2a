"""What no journal keeps: chat, the use of features, pings."""

from kibitz.clock import Clock
from kibitz.codes import Code
from kibitz.play.answering import DONE, Answering, connection_of, ignore
from kibitz.play.features import FEATURES
from kibitz.play.outgoing import Names
from kibitz.play.rates import Group
from kibitz.play.reports import Reports
from kibitz.play.tables import Tables
from kibitz.play.text import clean
from kibitz.protocol.messages import Chat, ChatSaid, Features, Ping, Pong
from kibitz.transport.socket import Ack, Socket


class Passing:
    """The handlers of `chat`, `features` and `ping`."""

    def __init__(
        self, answering: Answering, tables: Tables, clock: Clock, reports: Reports, names: Names
    ) -> None:
        self._answering = answering
        self._tables = tables
        self._clock = clock
        self._reports = reports
        self._names = names

    def chat(self, socket: Socket, message: Chat, ack: Ack | None) -> None:
        taking_part = self._answering.taking_part(socket, message.room, Group.CHAT, ack)
        if taking_part is None:
            return None
        connection, member = taking_part
        text = clean(message.text)
        if not text:
            return self._answering.refuse(ack, Code.BAD_REQUEST, "There is nothing to read in this text.")
        said = ChatSaid(
            room=member.room.room_id,
            seat=member.seat,
            name=self._names(connection.player) or "",
            text=text,
            at_ms=self._clock.now_us() // 1000,
        )
        member.table.chat.append(said)
        (ack or ignore)(DONE)
        self._tables.say(member.table, "chat", said)
        return None

    def features(self, socket: Socket, message: Features, ack: Ack | None) -> None:
        connection = connection_of(socket)
        if self._answering.is_too_often(Group.SMALL, connection, ack):
            return None
        unknown = [use.name for use in message.used if use.name not in FEATURES]
        if unknown:
            return self._answering.refuse(ack, Code.BAD_REQUEST, "A feature of this list is not known.")
        for use in message.used:
            self._reports.used(connection.player, use.name, use.count)
        (ack or ignore)(DONE)
        return None

    def ping(self, socket: Socket, message: Ping, ack: Ack | None) -> None:
        connection = connection_of(socket)
        if self._answering.is_too_often(Group.SMALL, connection, ack):
            return
        (ack or ignore)(Pong(sent_ms=message.sent_ms, server_ms=self._clock.now_us() // 1000))
        return

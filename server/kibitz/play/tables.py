"""Tells connections what rooms have committed: the listener that rooms call. In rooms with a delay spectators
are told apart, when the room says so; presence, chat and what concerns the room as a whole they hear at once.

A patch is rendered and encoded once per viewer class, and the same bytes go to each socket. What one
loop turn produced for a connection leaves in one write: first the answers to acts, which the room
gives before it calls the listener, then the patches that carry them. Views and presence are states of
the transport's outbox: a client that reads slowly gets one patch for all that it missed.
"""

from collections.abc import Callable, Iterable

from kibitz.clock import Clock
from kibitz.codes import NoticeCode
from kibitz.ids import RoomId, SocketId
from kibitz.journal.records import EventKind
from kibitz.play import outgoing
from kibitz.play.batching import TableBatches
from kibitz.play.connection import PlayerConnection
from kibitz.play.notices import notice_of
from kibitz.play.outgoing import Names
from kibitz.play.table import Member, Table
from kibitz.protocol.messages import ChatSaid
from kibitz.rooms.fold.event_args import Left, decode_left
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update
from kibitz.rooms.views.views import SPECTATORS
from kibitz.transport.batches import BroadcastConfig
from kibitz.transport.namespace import Namespace
from kibitz.transport.socket import Socket

# Python 3.11 takes longer for a member of an enum than for a call; this one is asked for every move.
_ACTION = EventKind.ACTION

PRESENCE_EVERY_US = 250_000

Later = Callable[[float, Callable[[], None]], object]
"""Runs a callable after that many seconds, on the loop (`loop.call_later`)."""


class Tables:
    """All rooms that somebody is connected to. Implements `RoomListener`."""

    def __init__(
        self,
        namespace: Namespace,
        names: Names,
        clock: Clock,
        later: Later,
        broadcast: BroadcastConfig | None = None,
    ) -> None:
        """`broadcast`: whether and how patches are gathered into batches; by default they are not."""
        self._broadcast = broadcast if broadcast is not None and broadcast.batch_interval_ms else None
        self._namespace = namespace
        self._names = names
        self._clock = clock
        self._later = later
        self._tables: dict[RoomId, Table] = {}
        self._said: dict[RoomId, list[ChatSaid]] = {}

    def table(self, room: Room) -> Table:
        """The room's table, made if nobody sat at it."""
        table = self._tables.get(room.room_id)
        if table is None:
            table = self._tables[room.room_id] = Table(room, self._namespace)
            if self._broadcast is not None:
                table.batches = TableBatches(
                    self._namespace, table, self._broadcast, self._clock, self._later
                )
            table.chat.extend(self._said.pop(room.room_id, ()))
        return table

    def find(self, room: Room) -> Table | None:
        """The room's table, if anybody sits at it."""
        return self._tables.get(room.room_id)

    def attach(self, socket: Socket, connection: PlayerConnection, room: Room, member: Member) -> None:
        """Report a new member to the room, and move the tab whose seat it takes to the watchers."""
        older = room.presence.attach(socket.id, connection.player, member.seat, socket.connection.transport)
        if older is not None:
            self._supersede(older, room)
        self.presence_changed(room)  # the new member knows nothing of the others yet

    def remove(self, member: Member) -> None:
        """The member is gone; its room is told."""
        member.table.remove(member)
        member.room.presence.detach(member.socket.id)
        if member.table.is_empty:
            # With the table goes the room, which the directory may put aside. What was said stays.
            self._tables.pop(member.room.room_id, None)
            if member.table.chat:
                self._said[member.room.room_id] = list(member.table.chat)

    def _supersede(self, older: SocketId, room: Room) -> None:
        socket = self._namespace.sockets.get(older)
        if socket is None or not isinstance(socket.data, PlayerConnection):
            return
        member = socket.data.members.get(room.room_id)
        if member is None:
            return
        before = member.viewer_class
        member.table.unseat(member)
        socket.emit("notice", outgoing.notice(NoticeCode.SUPERSEDED, room.room_id))
        if member.viewer_class != before:
            socket.emit("snapshot", outgoing.snapshot(room, None))

    def say(self, table: Table, event: str, *args: object) -> None:
        """One event to everybody in the room, encoded once."""
        self._namespace.broadcast(table.sockets(), self._namespace.encode(event, *args))

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        table = self._tables.get(room.room_id)
        if table is None:
            return
        if table.classes:
            moves_only = whole = False
            for event in update.events:
                moves_only = event.kind is _ACTION
                if not moves_only:
                    whole = update.needs_snapshot()
                    self._unseat_kicked(table, update)
                    break
            batches = table.batches
            if whole and batches is not None:
                batches.flush()
            is_delayed = room.is_delayed
            for viewer_class, members in table.classes.items():
                if is_delayed and viewer_class == SPECTATORS:
                    continue
                if whole:
                    # A new match, or a new epoch: what is not in the view changes with it.
                    seat = next(iter(members.values())).seat
                    encoded = self._namespace.encode("snapshot", outgoing.snapshot(room, seat))
                else:
                    message = outgoing.patch(room.room_id, update.patch(viewer_class))
                    if batches is not None:
                        batches.add(viewer_class, message, update.base)
                        continue
                    encoded = self._namespace.encode_json("patch", message)
                receivers: Iterable[Socket] = members
                if table.fresh:
                    fresh = table.fresh
                    receivers = [socket for socket in members if fresh.get(socket, -1) < update.version]
                self._namespace.broadcast_state(
                    receivers,
                    room.room_id,
                    encoded,
                    since=None if whole else update.base,
                    render=table.late,
                )
            if not moves_only:
                self._notices(table, update, list(table.sockets_at_once()))
        if table.fresh:
            table.fresh.clear()
        if update.status_changed:
            self.presence_changed(room)

    def released(self, room: Room, update: Update) -> None:
        """As `committed`, for the spectators of a room with a delay."""
        table = self._tables.get(room.room_id)
        members = None if table is None else table.classes.get(SPECTATORS)
        if table is None or not members:
            return
        batches = table.batches
        whole = update.needs_snapshot()
        if whole:
            if batches is not None:
                batches.flush()
            encoded = self._namespace.encode("snapshot", outgoing.snapshot(room, None))
        else:
            message = outgoing.patch(room.room_id, update.patch(SPECTATORS))
            if batches is not None:
                batches.add(SPECTATORS, message, update.base)
                self._notices(table, update, list(members))
                return
            encoded = self._namespace.encode_json("patch", message)
        since = None if whole else update.base
        self._namespace.broadcast_state(members, room.room_id, encoded, since=since, render=table.late)
        self._notices(table, update, list(members))

    def _unseat_kicked(self, table: Table, update: Update) -> None:
        """Who was kicked watches from now on, and must not be given what their seat sees."""
        for event in update.events:
            if event.kind is not EventKind.LEFT or decode_left(event.args).reason != Left.KICKED:
                continue
            for member in table.members():
                if member.seat == event.seat:
                    table.unseat(member)
                    member.socket.emit("notice", outgoing.notice(NoticeCode.KICKED, table.room.room_id))
                    member.socket.emit("snapshot", outgoing.snapshot(table.room, None))
                    table.fresh[member.socket] = update.version

    def _notices(self, table: Table, update: Update, receivers: Iterable[Socket]) -> None:
        for event in update.events:
            notice = notice_of(table.room, event)
            if notice is not None:
                self._namespace.broadcast(receivers, self._namespace.encode("notice", notice))

    def presence_changed(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        if table is None or table.presence_is_due:
            return
        table.presence_is_due = True
        since_us = self._clock.monotonic_us() - table.presence_sent_us
        # At least to the end of this turn, so that one message tells all that the turn changed.
        self._later(max(0, PRESENCE_EVERY_US - since_us) / 1e6, lambda: self._send_presence(table))

    def _send_presence(self, table: Table) -> None:
        table.presence_is_due = False
        if table.is_empty:
            return
        table.presence_sent_us = self._clock.monotonic_us()
        encoded = self._namespace.encode("presence", outgoing.presence(table.room, self._names))
        self._namespace.broadcast_state(table.sockets(), table.presence_key, encoded, since=None)

    def reloaded(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        if table is not None:
            self.say(table, "notice", outgoing.notice(NoticeCode.RELOADED, room.room_id))

    def faulted(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        if table is not None:
            self.say(table, "notice", outgoing.notice(NoticeCode.ROOM_FAULTED, room.room_id))

    def mended(self, room: Room) -> None:
        """Everybody is given what they were shown last, with the status and the clock of now."""
        table = self._tables.get(room.room_id)
        if table is None:
            return
        if table.batches is not None:
            table.batches.flush()
        for members in table.classes.values():
            seat = next(iter(members.values())).seat
            encoded = self._namespace.encode("snapshot", outgoing.snapshot(room, seat))
            self._namespace.broadcast_state(members, room.room_id, encoded, since=None, render=table.late)
        if room.status is Status.PLAYING:
            self.say(table, "notice", outgoing.notice(NoticeCode.ROOM_RESUMED, room.room_id))

    def closed(self, room: Room) -> None:
        table = self._tables.get(room.room_id)
        is_for_all = not room.is_behind
        if is_for_all:
            self._said.pop(room.room_id, None)
            self._tables.pop(room.room_id, None)
        if table is None:
            return
        gone = [each for each in table.members() if is_for_all or each.hears_at_once]
        closed = self._namespace.encode("notice", outgoing.notice(NoticeCode.ROOM_CLOSED, room.room_id))
        self._namespace.broadcast([each.socket for each in gone], closed)
        for member in gone:
            if not is_for_all:
                table.remove(member)
            if isinstance(member.socket.data, PlayerConnection):
                member.socket.data.members.pop(room.room_id, None)

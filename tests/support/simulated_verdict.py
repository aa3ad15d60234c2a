"""What the server, the journal and the clients of a simulated run have to agree on in the end."""

import json
from collections.abc import Mapping, Sequence

from kibitz.client import Client, RoomSession
from kibitz.ids import ActionId, PlayerId, RoomId, Seat
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.room import Room
from kibitz.sync import canonical
from kibitz.sync.checksum import checksum


class Differs(AssertionError):
    """A client did not end where the server is, or the journal holds what nobody did."""


def judge_journal(
    room: Room, events: Sequence[Event], accepted: Mapping[tuple[RoomId, ActionId], int]
) -> None:
    """Each version is there, no action was done twice, and `accepted` says which version each of them has."""
    if [event.version for event in events] != list(range(1, len(events) + 1)):
        raise Differs("versions with a gap")
    done: dict[ActionId, int] = {}
    for event in events:
        if event.kind is EventKind.ACTION and event.action_id is not None:
            if event.action_id in done:
                raise Differs(f"{event.action_id} was done twice")
            done[event.action_id] = event.version
    for (room_id, action_id), version in accepted.items():
        if room_id == room.room_id and done.get(action_id) != version:
            raise Differs(f"{action_id} was accepted as {version}, the journal has {done.get(action_id)}")


def judge_client(client: Client, player_id: PlayerId, session: RoomSession, room: Room) -> None:
    """The session is at rest, in its own seat, and holds what the server holds."""
    if session.is_over or not session.is_joined or session.pending:
        raise Differs(
            f"{client.name}: over {session.is_over}, joined {session.is_joined}, "
            f"pending {session.pending}, {client.state}"
        )
    mine = room.seat_of(player_id)
    if session.seat is not None and session.seat != mine:
        raise Differs(f"{client.name} thinks that it has seat {session.seat}, it has {mine}")
    expected = room.view(None if session.seat is None else Seat(session.seat))
    held = canonical.encode(session.confirmed)
    if (session.epoch, session.version) != (room.epoch, room.version) or held != expected.json:
        raise Differs(
            f"{client.name} holds version {session.version}, the server {room.version}:\n"
            f"{held.decode()}\n{json.dumps(json.loads(expected.json))}"
        )
    if checksum(session.confirmed) != expected.checksum:
        raise Differs(f"{client.name}: the checksum is another")

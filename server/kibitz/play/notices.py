"""What people are told of an event in words, beside the view that it led to."""

from kibitz.codes import NoticeCode
from kibitz.journal.records import Event, EventKind
from kibitz.play import outgoing
from kibitz.protocol.messages import Notice
from kibitz.rooms.fold.changes import first_seat
from kibitz.rooms.fold.event_args import decode_rewound
from kibitz.rooms.room import Room


def notice_of(room: Room, event: Event) -> Notice | None:
    """None for what the view alone shows."""
    room_id = room.room_id
    match event.kind:
        case EventKind.REMATCH if event.seat is not None:
            return outgoing.notice(NoticeCode.REMATCH_OFFERED, room_id, seat=event.seat)
        case EventKind.STARTED if event.match is not None and event.match > 1:
            first = first_seat(event.match, len(room.players))
            return outgoing.notice(NoticeCode.REMATCH_STARTED, room_id, match=event.match, seat=first)
        case EventKind.LEFT if event.seat is not None:
            return outgoing.notice(NoticeCode.SEAT_LEFT, room_id, seat=event.seat)
        case EventKind.PAUSED:
            return outgoing.notice(NoticeCode.ROOM_PAUSED, room_id)
        case EventKind.RESUMED:
            return outgoing.notice(NoticeCode.ROOM_RESUMED, room_id)
        case EventKind.REOPENED:
            return outgoing.notice(NoticeCode.REOPENED, room_id)
        case EventKind.REWOUND:
            to_version = decode_rewound(event.args).to_version
            return outgoing.notice(NoticeCode.REWOUND, room_id, version=to_version)
        case _:
            return None

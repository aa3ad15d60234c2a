"""A room's history as one JSON document; docs/operating.md describes it. It changes by gaining keys only."""

from collections.abc import Sequence

import msgspec

from kibitz.journal.records import Event, NewRoom
from kibitz.replay.story import plies
from kibitz.rooms.fold.effective import effective
from kibitz.sync.canonical import Value

FORMAT = "kibitz-replay/1"


def document(record: NewRoom, events: Sequence[Event], view: Value) -> bytes:
    """`view` is what a spectator sees after the last of `events`; None where no fold was possible."""
    counting = {event.version for event in effective(events)}
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "format": FORMAT,
                "room": {
                    "room_id": record.room_id,
                    "game": record.game,
                    "rules_version": record.rules_version,
                    "seats": record.seats,
                    "options": msgspec.Raw(record.options.encode()),
                    "is_private": record.is_private,
                    "created_us": record.created_us,
                },
                "matches": max((event.match or 0 for event in events), default=0),
                "events": [
                    _event(event, ply, counts=event.version in counting) for event, ply in plies(events)
                ],
                "view": view,
            }
        ),
        indent=1,
    )


def _event(event: Event, ply: int | None, *, counts: bool) -> dict[str, object]:
    return {
        "version": event.version,
        "epoch": event.epoch,
        "at_us": event.at_us,
        "kind": event.kind.value,
        "seat": event.seat,
        "player_id": event.player_id,
        "type": event.type,
        "args": msgspec.Raw(event.args.encode()),
        "spent_ms": event.spent_ms,
        "match": event.match,
        "ply": ply,
        "counts": counts,
        "phase_from": event.phase_from,
        "phase_to": event.phase_to,
        "outcome": None if event.outcome is None else msgspec.Raw(event.outcome.encode()),
    }

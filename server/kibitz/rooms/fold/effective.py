"""A room's history without what was taken back."""

from collections.abc import Iterable, Sequence

from kibitz.ids import Version
from kibitz.journal.records import Event, EventKind
from kibitz.rooms.fold.event_args import decode_rewound

_STANDS = (EventKind.JOINED, EventKind.LEFT, EventKind.REOPENED)
"""A rewind is of the match: who came and went meanwhile came and went."""


def effective(events: Iterable[Event]) -> list[Event]:
    """The events that count, oldest first; a `rewound` stands in the place of what it took back.

    `events` begin with the room. Versions have gaps afterwards. Whoever needs states takes them from
    `Fold.steps` of the whole.
    """
    kept: list[Event] = []
    for event in events:
        if event.kind is EventKind.REWOUND:
            to_version = decode_rewound(event.args).to_version
            kept = [each for each in kept if each.version <= to_version or each.kind in _STANDS]
        kept.append(event)
    return kept


def still_counts(events: Sequence[Event], version: Version) -> bool:
    """Whether there is that version, and no rewind went back before it. Who came and went meanwhile is
    among `effective` events all the same: the match as it stood then is not."""
    return any(event.version == version for event in events) and not any(
        event.kind is EventKind.REWOUND
        and event.version > version
        and decode_rewound(event.args).to_version < version
        for event in events
    )

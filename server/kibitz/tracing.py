"""What is being handled just now, so that every line of the log can say to what it belongs.

Requests of REST take turns within one another, so theirs is a context variable. Events of the realtime
connections are handled one by one, in a plain call: a slot that costs two assignments will do.
"""

from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the REST request in whose task this is."""


class Handled:
    """The realtime event that is being handled: `message` is None outside. `number` counts them."""

    __slots__ = ("message", "number")

    def __init__(self) -> None:
        self.message: object = None
        self.number = 0


EVENT = Handled()


def told() -> dict[str, str]:
    """`request_id` and, where the event is about one, `room_id`; empty while nothing is handled."""
    message = EVENT.message
    if message is None:
        request_id = REQUEST_ID.get()
        return {"request_id": request_id} if request_id else {}
    found = {"request_id": f"event-{EVENT.number}"}
    room = getattr(message, "room", None)
    if isinstance(room, str):
        found["room_id"] = room
    return found

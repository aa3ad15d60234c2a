"""The Python SDK: a client like any other, for bots, load, checks and programs of players.

    async with Client("http://127.0.0.1:8000", name="Ada") as client:
        created = await client.create_room("connect-four", bots=1)
        room = await client.join(created.room_id)
        await room.act("drop", {"column": 3})

docs/sdk.md tells the whole story.
"""

from kibitz.client.backoff import Backoff
from kibitz.client.client import Client
from kibitz.client.errors import (
    AnswerTimeout,
    CannotConnect,
    ClientClosed,
    ClientError,
    ConnectionLost,
    Refused,
    UnexpectedAnswer,
)
from kibitz.client.link import LinkState, LinkStatus
from kibitz.client.rest import EventPage, GameInfo, RoomCreated, RoomInfo
from kibitz.client.room_session import RoomSession
from kibitz.client.session_events import Changed, Incidents, SessionEvent
from kibitz.client.subscription import Subscription
from kibitz.client.timers import LoopTimers, Timers
from kibitz.client.wires import Transport
from kibitz.codes import Advice

__all__ = [
    "Advice",
    "AnswerTimeout",
    "Backoff",
    "CannotConnect",
    "Changed",
    "Client",
    "ClientClosed",
    "ClientError",
    "ConnectionLost",
    "EventPage",
    "GameInfo",
    "Incidents",
    "LinkState",
    "LinkStatus",
    "LoopTimers",
    "Refused",
    "RoomCreated",
    "RoomInfo",
    "RoomSession",
    "SessionEvent",
    "Subscription",
    "Timers",
    "Transport",
    "UnexpectedAnswer",
]

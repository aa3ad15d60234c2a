"""Reads a room's feed as an EventSource would."""

import asyncio
import json
from typing import Any

from support.running_server import Running, bearer


class Feed:
    """What a follower of the SSE feed has received."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, Any]] = []
        """With ids: snapshots and patches."""
        self.others: list[tuple[str, Any]] = []
        self.news = asyncio.Event()

    async def follow(
        self, server: Running, room: str, last_event_id: str = "", token: str | None = None
    ) -> None:
        """Returns when the stream ends."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        if token is not None:
            headers |= bearer(token)
        fields: dict[str, str] = {}
        async with server.http.get(f"{server.url}/api/rooms/{room}/feed", headers=headers) as answer:
            assert answer.status == 200
            async for raw in answer.content:
                line = raw.decode().rstrip("\r\n")
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    data = json.loads(fields["data"])
                    if "id" in fields:
                        self.events.append((fields["event"], fields["id"], data))
                        self.news.set()
                    else:
                        self.others.append((fields["event"], data))
                    fields = {}

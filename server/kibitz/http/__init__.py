"""The REST API, the players' pages and their files, the feed of a room, health.

Nothing here knows a socket or an event of the realtime protocol: what `rooms` and `accounts` cannot
tell is asked of the interfaces in `kibitz.http.ports`, which the application hands in.
"""

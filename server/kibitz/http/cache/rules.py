"""What is kept, and by which names it is dropped. One table; docs/protocol.md says the same to clients."""

from kibitz.http.cache.entry import Rule
from kibitz.ids import GameName, PlayerId, RoomId

ROOMS = Rule("rooms", 1_000)
ROOM = Rule("room", 1_000)
GAMES = Rule("games", 3_600_000)
LEADERBOARD = Rule("leaderboard", 10_000)
PLAYER = Rule("player", 10_000, is_private=True)
EVENTS = Rule("events", 600_000, is_private=True)

RULES = (ROOMS, ROOM, GAMES, LEADERBOARD, PLAYER, EVENTS)

ROOMS_TAG = "rooms"
"""The list of public rooms: who sits where, and how far they are."""


def room_tag(room_id: RoomId) -> str:
    """What a room shows beside its state: who is there."""
    return f"room:{room_id}"


def board_tag(game: GameName) -> str:
    """The ratings of a game."""
    return f"board:{game}"


def player_tag(player: PlayerId) -> str:
    """A player's name and figures."""
    return f"player:{player}"

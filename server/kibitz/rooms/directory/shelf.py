"""Every open room, by id, key and code: the room itself where it is in use, else its head."""

from collections.abc import Iterator, ValuesView

from kibitz.ids import JoinCode, RoomId, RoomKey
from kibitz.rooms.directory.heads import Head, Listed
from kibitz.rooms.room import Room


class Shelf:
    """In the order of creation. A room has its place as long as it is open, in whichever form."""

    def __init__(self) -> None:
        self._held: dict[RoomKey, Listed] = {}
        self._keys: dict[RoomId, RoomKey] = {}
        self._by_code: dict[JoinCode, RoomKey] = {}
        self._loaded: dict[RoomKey, Room] = {}

    def put(self, held: Listed) -> None:
        """Add a room, or hold it in another form than before."""
        self._held[held.key] = held
        self._keys[held.room_id] = held.key
        self._by_code[held.code] = held.key
        if isinstance(held, Room):
            self._loaded[held.key] = held
        else:
            self._loaded.pop(held.key, None)

    def remove(self, room_id: RoomId) -> Listed:
        """Raises `KeyError`."""
        key = self._keys.pop(room_id)
        held = self._held.pop(key)
        self._loaded.pop(key, None)
        if self._by_code.get(held.code) == key:
            del self._by_code[held.code]
        return held

    def get(self, key: RoomKey) -> Listed | None:
        return self._held.get(key)

    def find(self, room_id: RoomId) -> Listed | None:
        key = self._keys.get(room_id)
        return None if key is None else self._held[key]

    def find_code(self, code: JoinCode) -> Listed | None:
        key = self._by_code.get(code)
        return None if key is None else self._held[key]

    def room(self, key: RoomKey) -> Room | None:
        """The room if it is in use."""
        return self._loaded.get(key)

    def rooms(self) -> ValuesView[Room]:
        """Those in use, in the order in which they came to be."""
        return self._loaded.values()

    def heads(self) -> Iterator[Head]:
        return (held for held in self._held.values() if isinstance(held, Head))

    def newest_first(self) -> Iterator[Listed]:
        return reversed(self._held.values())

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

"""What crashed the process, remembered across its restarts: acts that are refused, rooms left alone.

A process that dies in game code leaves the call behind (`kibitz.rooms.guard.guard`). Where it was the game's
doing (a fatal signal, the watchdog) the call is guilty at once. A process that was simply killed may
have been killed by anybody at that moment, so the call is first a suspect, and guilty when the same
happens again: a move that somebody's SIGKILL met by chance is not lost.

A guilty act is refused by itself and its room plays on; one more crash of that room, and any guilty call
that is not a player's act, and the room is loaded no more until an admin releases it.
"""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from kibitz.ids import PlayerId, RoomId, is_house_bot
from kibitz.rooms.guard.guard import Call, Doing

SUSPECTS_MOST = 100
ACTS_MOST = 1_000
UNREADABLE = "unreadable"


class Reported(Struct, frozen=True):
    """A call that ended badly; `why` is `crash`, `killed`, `stuck` or `unreadable`."""

    call: Call
    why: str
    at_us: int
    error: str = ""


class _Kept(Struct):
    """The content of the file. Changes only by gaining fields with defaults."""

    rooms: list[Reported] = []
    acts: list[Reported] = []
    suspects: list[Reported] = []


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


class Quarantine:
    """`content` is what was saved last, `save` is called with what to keep. A file that cannot be read
    is begun anew: it only spares crashes."""

    def __init__(self, content: bytes = b"", save: Callable[[bytes], None] = lambda content: None) -> None:
        try:
            kept = _decode(content) if content else _Kept()
        except msgspec.DecodeError:
            kept = _Kept()
        self._rooms = {each.call.room_id: each for each in kept.rooms}
        self._acts = kept.acts
        self._suspects = kept.suspects
        self._save = save
        self.refused: set[tuple[RoomId, str, str]] = set()
        """Acts that are not tried again, as (room, player, action id)."""
        self._remember()

    def died(self, call: Call, at_us: int, *, is_proven: bool, error: str = "") -> Reported | None:
        """At start: the process before ended in `call`. Returns what follows from it, if anything."""
        report = Reported(call, "crash" if is_proven else "killed", at_us, error)
        is_known = any(_is_same(each.call, call) for each in self._suspects)
        if not is_proven and not is_known:
            self._suspects = [*self._suspects[1 - SUSPECTS_MOST :], report]
            self._keep()
            return None
        self._suspects = [each for each in self._suspects if not _is_same(each.call, call)]
        is_players = call.doing is Doing.ACT and not is_house_bot(PlayerId(call.player))
        if is_players and not any(each.call.room_id == call.room_id for each in self._acts):
            self._acts = [*self._acts[1 - ACTS_MOST :], report]
        else:
            self._rooms[call.room_id] = report
        self._keep()
        return report

    def put(self, report: Reported) -> None:
        """A room that cannot be loaded."""
        self._rooms[report.call.room_id] = report
        self._keep()

    def room(self, room_id: RoomId) -> Reported | None:
        """Why the room is left alone; None where it is not."""
        return self._rooms.get(room_id)

    def release(self, room_id: RoomId) -> None:
        """Try the room and its acts again."""
        self._rooms.pop(room_id, None)
        self._acts = [each for each in self._acts if each.call.room_id != room_id]
        self._suspects = [each for each in self._suspects if each.call.room_id != room_id]
        self._keep()

    @property
    def rooms(self) -> Sequence[Reported]:
        return list(self._rooms.values())

    @property
    def acts(self) -> Sequence[Reported]:
        return list(self._acts)

    def _keep(self) -> None:
        self._remember()
        # What merely does not fold harms nobody, and may fold after the next start.
        rooms = [each for each in self._rooms.values() if each.why != UNREADABLE]
        self._save(_encode(_Kept(rooms, self._acts, self._suspects)))

    def _remember(self) -> None:
        self.refused = {(each.call.room_id, each.call.player, each.call.action_id) for each in self._acts}


def _is_same(one: Call, other: Call) -> bool:
    """Whether both are the same trouble: the same act, or the same room at anything else."""
    if Doing.ACT in (one.doing, other.doing) and not is_house_bot(PlayerId(one.player)):
        return one == other
    return one.room_id == other.room_id

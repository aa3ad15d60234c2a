"""A room with two short matches of Connect Four in a journal's file, written by the rooms themselves."""

from pathlib import Path

from kibitz.ids import RoomId
from kibitz.journal.errors import JournalBroken
from kibitz.journal.sqlite import SqliteJournal
from kibitz.rooms.services.config import RoomsConfig
from support.room_house import ANN, BEN, House, rematch

TIMED = b'{"clock_ms":60000,"increment_ms":1000}'
SNAPSHOT_EVERY = 8


def _never(broken: JournalBroken) -> None:
    raise broken


def open_journal(data: Path) -> SqliteJournal:
    return SqliteJournal.open(data / "journal.sqlite", fatal=_never)


async def write_room(journal: SqliteJournal) -> tuple[RoomId, str]:
    """Its id and its join code. Ann wins the first match; in the rematch Ben's clock runs out."""
    config = RoomsConfig(snapshot_every=SNAPSHOT_EVERY, pause_limit_ms=0)
    house = House(journal, config=config)
    room = await house.playing(options=TIMED)
    for number, column in enumerate((3, 0, 3, 0, 3, 0, 3)):
        await house.pass_time(2.5)
        await house.drop(room, (ANN, BEN)[number % 2], column)
    for player in (ANN, BEN):
        await rematch(room, player)
    await house.pass_time(61)
    await journal.flush()
    await house.quiet()
    return room.room_id, room.code

"""A room read from the archive: Parquet that the ETL wrote of closed days, by DuckDB."""

from pathlib import Path
from typing import Any

from kibitz.ids import RoomKey
from kibitz.journal.records import Event, EventKind, NewRoom

FOLDER = "archive"
_NOWHERE = RoomKey(0)
_ROOMS = """
    SELECT room_id, game, rules_version, seats, code, is_private, options, epoch, host_player_id, created_us,
        spectator_delay_ms, is_quick
    FROM read_parquet(?) WHERE room_id = ? OR code = ? ORDER BY room_id = ? DESC, created_us DESC LIMIT 1
    """
_EVENTS = """
    SELECT version, epoch, at_us, kind, seat, player_id, action_id, type, args, handled_us, spent_ms, match,
        phase_from, phase_to, outcome, schema_version, id
    FROM read_parquet(?) WHERE room_id = ? ORDER BY version
    """


class ArchiveUnreadable(Exception):
    """Why the archive cannot be asked, in one sentence."""


def read_archived(data: Path, room: str) -> tuple[NewRoom, tuple[Event, ...]] | None:
    """The room of that id or join code (the newest that has the code), with all its events; None where the
    archive has none. Its key is of no journal.

    Raises `ArchiveUnreadable`, and `ValueError` for events of a newer version.
    """
    archive = data / FOLDER
    if not any((archive / "rooms").glob("*.parquet")):
        return None
    try:
        import duckdb
    except ImportError:
        raise ArchiveUnreadable(
            f"the archive in {archive} is read by DuckDB, which is not installed here: "
            "pip install 'kibitz[analytics]'."
        ) from None
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            found = connection.execute(
                _ROOMS, [str(archive / "rooms" / "*.parquet"), room, room.upper(), room]
            ).fetchall()
            if not found:
                return None
            record = _record(found[0])
            rows = connection.execute(
                _EVENTS, [str(archive / "events" / "*.parquet"), record.room_id]
            ).fetchall()
    except duckdb.Error as error:
        raise ArchiveUnreadable(f"the archive in {archive} cannot be read: {error}") from error
    return record, tuple(_event(row) for row in rows)


def _record(row: tuple[Any, ...]) -> NewRoom:
    room_id, game, rules_version, seats, code, is_private, options, epoch, host, created_us, *rest = row
    delay_ms, is_quick = rest
    return NewRoom(
        room_id=room_id,
        key=_NOWHERE,
        game=game,
        rules_version=rules_version,
        seats=seats,
        code=code,
        is_private=bool(is_private),
        options=options,
        epoch=epoch,
        host_player_id=host,
        created_us=created_us,
        spectator_delay_ms=delay_ms,
        is_quick=bool(is_quick),
    )


def _event(row: tuple[Any, ...]) -> Event:
    version, epoch, at_us, kind, *rest = row
    return Event(_NOWHERE, version, epoch, at_us, EventKind(kind), *rest)

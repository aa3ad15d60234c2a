"""A data directory with one room in its journal, which nobody has open."""

from pathlib import Path

import pytest

from kibitz.replay.source import RoomHistory, read
from support.stored_room import open_journal, write_room


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    journal = open_journal(tmp_path)
    await write_room(journal)
    await journal.close()
    return tmp_path


@pytest.fixture
def history(data: Path) -> RoomHistory:
    return read(data, "CAAAAAAA")

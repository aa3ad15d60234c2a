"""Both journals behind one fixture, so that one contract suite judges both."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from kibitz.journal.errors import JournalBroken
from kibitz.journal.journal import Journal
from kibitz.journal.memory import MemoryJournal
from kibitz.journal.sqlite import SqliteJournal
from support.journal_rows import Ledger

OpenSqlite = Callable[[], SqliteJournal]


def never(broken: JournalBroken) -> None:
    raise broken


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def open_sqlite(tmp_path: Path) -> AsyncIterator[OpenSqlite]:
    """Opens the same file each time it is called."""
    async with AsyncExitStack() as stack:

        def opened() -> SqliteJournal:
            journal = SqliteJournal.open(tmp_path / "data" / "journal.sqlite", fatal=never)
            stack.push_async_callback(journal.close)
            return journal

        yield opened


@pytest.fixture(params=["memory", "sqlite"])
async def journal(request: pytest.FixtureRequest, open_sqlite: OpenSqlite) -> AsyncIterator[Journal]:
    opened: Journal = MemoryJournal() if request.param == "memory" else open_sqlite()
    yield opened
    await opened.close()

"""Accounts on a real file, under a clock that stands still."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from kibitz.accounts.accounts import Accounts
from support.manual_clock import ManualClock

OpenAccounts = Callable[[], Accounts]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "accounts.sqlite"


@pytest.fixture
async def open_accounts(path: Path, clock: ManualClock) -> AsyncIterator[OpenAccounts]:
    """Opens the same file each time it is called, as another process would."""
    async with AsyncExitStack() as stack:

        def opened() -> Accounts:
            accounts = Accounts.open(path, clock)
            stack.push_async_callback(accounts.close)
            return accounts

        yield opened


@pytest.fixture
def accounts(open_accounts: OpenAccounts) -> Accounts:
    return open_accounts()

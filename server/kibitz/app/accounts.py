"""What the command does with accounts while no server runs in its process."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from kibitz.accounts.accounts import START_LINK_LIFETIME_MS, Accounts
from kibitz.accounts.errors import AccountsError
from kibitz.app.datadir import StartError

FILE_NAME = "accounts.sqlite"


def one_time_link(data: Path) -> str:
    """The token of a link that logs the operator in once. Raises `StartError`."""

    async def create() -> str:
        accounts = Accounts.open(data / FILE_NAME)
        try:
            return accounts.create_link(START_LINK_LIFETIME_MS)
        finally:
            await accounts.close()

    return _run(create)


def create_admin(data: Path, name: str, password: str) -> str:
    """The name as it is stored. A running server knows the new admin at once. Raises `StartError`."""

    async def create() -> str:
        accounts = Accounts.open(data / FILE_NAME)
        try:
            return await accounts.create_admin(name, password)
        finally:
            await accounts.close()

    return _run(create)


def _run(work: Callable[[], Coroutine[None, None, str]]) -> str:
    try:
        return asyncio.run(work())
    except AccountsError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"The data directory cannot be written ({error.strerror}).") from error

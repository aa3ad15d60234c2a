"""What the command does with accounts while no server runs in its process."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from kibitz.accounts.accounts import START_LINK_LIFETIME_MS, Accounts
from kibitz.accounts.errors import AccountsError
from kibitz.accounts.records import Role
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


def create_admin(data: Path, name: str, password: str | None, role: str) -> str:
    """The name as it is stored; without a password a provider vouches for it. A running server knows the
    account at once. Raises `StartError`."""

    async def create() -> str:
        accounts = Accounts.open(data / FILE_NAME)
        try:
            return await accounts.create_admin(name, password, Role(role))
        finally:
            await accounts.close()

    return _run(create)


def remove_admin(data: Path, name: str) -> None:
    """A running server refuses their sessions at once. Raises `StartError`."""

    async def remove() -> str:
        accounts = Accounts.open(data / FILE_NAME)
        try:
            await accounts.remove_admin(name)
        finally:
            await accounts.close()
        return name

    _run(remove)


def admin_table(data: Path) -> str:
    """Name, role and proof of everybody with an account, a line each. Raises `StartError`."""

    async def read() -> str:
        accounts = Accounts.open(data / FILE_NAME)
        try:
            found = accounts.admins()
        finally:
            await accounts.close()
        return "\n".join(f"{each.name}  {each.role}  by {each.comes_by}" for each in found)

    return _run(read) or "Nobody has an account: `kibitz admin create NAME` makes one."


def _run(work: Callable[[], Coroutine[None, None, str]]) -> str:
    try:
        return asyncio.run(work())
    except AccountsError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"The data directory cannot be written ({error.strerror}).") from error

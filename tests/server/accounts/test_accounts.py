"""The file of the accounts: shared with another process, locked, unusable."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from kibitz.accounts import store
from kibitz.accounts.accounts import Accounts
from kibitz.accounts.errors import AccountsUnavailable, AccountsUnusable
from kibitz.accounts.records import LoginRefused
from kibitz.journal.schema import migrations as journal_migrations
from kibitz.sqlite_file import FileProblem, connect, prepare

SERVER = Path(__file__).resolve().parents[3] / "server"


def elsewhere(program: str, path: Path) -> str:
    """Run `program` in another process, with `accounts` open there; what it prints."""
    head = (
        "import asyncio, sys; from pathlib import Path; from kibitz.accounts.accounts import Accounts;"
        "accounts = Accounts.open(Path(sys.argv[1]));"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + program, str(path)],
        env=os.environ | {"PYTHONPATH": str(SERVER)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


async def test_an_admin_made_by_another_process_logs_in(accounts: Accounts, path: Path) -> None:
    elsewhere("asyncio.run(accounts.create_admin('ada', 'correct horse battery'))", path)
    result = await accounts.admin_login("ada", "correct horse battery", "192.0.2.1")
    assert not isinstance(result, LoginRefused)


async def test_a_link_made_before_the_start_is_redeemed_by_the_server(
    open_accounts: Callable[[], Accounts], path: Path
) -> None:
    link = elsewhere("print(accounts.create_link()); asyncio.run(accounts.close())", path)
    assert await Accounts.redeem_link(open_accounts(), link) is None, "the wall of the test is years ahead"
    fresh = Accounts.open(path)
    link = elsewhere("print(accounts.create_link()); asyncio.run(accounts.close())", path)
    assert await fresh.redeem_link(link) is not None
    await fresh.close()


async def test_a_locked_file_is_unavailable_and_reading_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        store, "connect", lambda path, **options: connect(path, **{"busy_timeout_ms": 20, **options})
    )
    accounts = Accounts.open(path)
    player, token = await accounts.create_guest("Ada")
    holder = apsw.Connection(str(path))
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(AccountsUnavailable) as caught:
        await accounts.create_guest("Bob")
    with pytest.raises(AccountsUnavailable):
        accounts.create_link()
    assert caught.value.problem is FileProblem.LOCKED
    assert accounts.find_session(token) == player
    holder.execute("ROLLBACK")
    holder.close()
    await accounts.create_guest("Bob")
    await accounts.close()


async def test_a_read_that_fails_is_an_error_of_the_accounts(accounts: Accounts, path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("ALTER TABLE sessions RENAME TO gone")
    other.close()
    with pytest.raises(AccountsUnavailable, match="restore it from a backup"):
        accounts.find_session("x" * 43)


def test_a_file_that_cannot_be_used_says_why(path: Path) -> None:
    prepare(path, journal_migrations)
    with pytest.raises(AccountsUnusable) as caught:
        Accounts.open(path)
    assert caught.value.problem is FileProblem.FOREIGN
    assert str(caught.value) == f"{path} is a database of something else: choose another folder."

"""Players and their sessions: creation, lookup, expiry, names, a second process, a full file."""

import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from kibitz.accounts.accounts import Accounts
from kibitz.accounts.errors import BadName, UnknownPlayer
from kibitz.accounts.guests import SESSION_IDLE_US, SESSION_LIFETIME_US, SESSION_TOUCH_US
from kibitz.accounts.records import PlayerKind
from kibitz.ids import PlayerId
from support.manual_clock import ManualClock


def query(path: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        rows = db.execute(statement).fetchall()
    db.close()
    return rows


async def test_a_guest_is_found_by_the_token(accounts: Accounts) -> None:
    player, token = await accounts.create_guest(" Ada ")
    assert player.name == "Ada"
    assert player.kind is PlayerKind.GUEST
    assert player.player_id.startswith("p_")
    assert accounts.find_session(token) == player
    assert accounts.player_name(player.player_id) == "Ada"


async def test_a_bot_is_told_by_its_id(accounts: Accounts) -> None:
    player, token = await accounts.create_guest("Robo", is_bot=True)
    assert player.kind is PlayerKind.BOT
    assert player.player_id.startswith("b_")
    assert accounts.find_session(token) == player


async def test_only_the_hash_of_a_token_is_stored(accounts: Accounts, path: Path) -> None:
    _, token = await accounts.create_guest("Ada")
    assert len(token) == 43
    assert query(path, "SELECT token_hash FROM sessions") == [(sha256(token.encode()).digest(),)]
    for suffix in ("", "-wal"):
        assert token.encode() not in path.with_name(path.name + suffix).read_bytes()


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "ü" * 43, "x" * 10_000, "\x00" * 43])
async def test_a_made_up_token_is_nobodys(accounts: Accounts, token: str) -> None:
    assert accounts.find_session(token) is None
    assert accounts.find_admin_session(token) is None
    assert await accounts.redeem_link(token) is None


async def test_a_bad_name_creates_nobody(accounts: Accounts, path: Path) -> None:
    with pytest.raises(BadName):
        await accounts.create_guest("\u202e")
    assert query(path, "SELECT * FROM players") == []


async def test_sessions_outlive_the_process(path: Path, clock: ManualClock) -> None:
    first = Accounts.open(path, clock)
    player, token = await first.create_guest("Ada")
    await first.close()
    await first.close()
    second = Accounts.open(path, clock)
    assert second.find_session(token) == player
    assert second.player_name(player.player_id) == "Ada"
    await second.close()


async def test_a_session_expires_when_it_is_not_used(accounts: Accounts, clock: ManualClock) -> None:
    player, token = await accounts.create_guest("Ada")
    clock.advance(SESSION_IDLE_US - 1)
    assert accounts.find_session(token) == player
    clock.advance(SESSION_IDLE_US - 1)
    assert accounts.find_session(token) == player
    clock.advance(SESSION_IDLE_US)
    assert accounts.find_session(token) is None
    assert accounts.player_name(player.player_id) == "Ada", "replays still name the player"


async def test_a_session_ends_however_much_it_is_used(accounts: Accounts, clock: ManualClock) -> None:
    _, token = await accounts.create_guest("Ada")
    step = SESSION_IDLE_US // 2
    for _ in range(SESSION_LIFETIME_US // step - 1):
        clock.advance(step)
        assert accounts.find_session(token)
    clock.advance(step)
    assert accounts.find_session(token) is None


async def test_use_is_stored_at_most_once_an_hour(path: Path, clock: ManualClock) -> None:
    accounts = Accounts.open(path, clock)
    created_us = clock.now_us()
    player, token = await accounts.create_guest("Ada")
    clock.advance(SESSION_TOUCH_US - 1)
    accounts.find_session(token)
    await accounts.rename(player.player_id, "Ada")  # the writing thread has done all before it
    assert query(path, "SELECT last_seen_us FROM sessions") == [(created_us,)]
    clock.advance(1)
    accounts.find_session(token)
    await accounts.close()
    seen = [(created_us + SESSION_TOUCH_US,)]
    assert query(path, "SELECT last_seen_us FROM sessions") == seen
    assert query(path, "SELECT last_seen_us FROM players") == seen


async def test_expired_sessions_are_swept_away(accounts: Accounts, path: Path, clock: ManualClock) -> None:
    await accounts.create_guest("Ada")
    clock.advance(SESSION_IDLE_US)
    await accounts.create_guest("Bob")
    assert query(path, "SELECT count(*) FROM sessions") == [(1,)]
    assert query(path, "SELECT count(*) FROM players") == [(2,)]


async def test_a_new_name_is_seen_at_once(accounts: Accounts) -> None:
    player, token = await accounts.create_guest("Ada")
    renamed = await accounts.rename(player.player_id, "Countess")
    assert renamed.player_id == player.player_id
    assert accounts.find_session(token) == renamed
    assert accounts.player_name(player.player_id) == "Countess"
    with pytest.raises(BadName):
        await accounts.rename(player.player_id, "")
    with pytest.raises(UnknownPlayer):
        await accounts.rename(PlayerId("p_nobody"), "Bob")
    assert accounts.player_name(PlayerId("p_nobody")) is None


async def test_another_process_sees_a_new_session(open_accounts: Callable[[], Accounts]) -> None:
    first, second = open_accounts(), open_accounts()
    player, token = await first.create_guest("Ada")
    assert second.find_session(token) == player

"""Admins: login and its refusals, sessions, one-time links, the audit log."""

from collections.abc import Callable

import pytest

from kibitz.accounts.accounts import LINK_LIFETIME_MS, START_LINK_LIFETIME_MS, Accounts
from kibitz.accounts.admins import ADMIN_SESSION_LIFETIME_US
from kibitz.accounts.errors import AdminExists, BadName, NoSuchAdmin, WeakPassword
from kibitz.accounts.records import (
    LINK_ADMIN,
    AdminSession,
    AuditAction,
    AuditEntry,
    AuditWanted,
    LoginRefused,
    Role,
)
from support.manual_clock import ManualClock

PASSWORD = "correct horse battery"
HERE = "192.0.2.1"

OpenAccounts = Callable[[], Accounts]


async def login(accounts: Accounts, password: str = PASSWORD, *, name: str = "ada") -> AdminSession | None:
    result = await accounts.admin_login(name, password, HERE)
    return None if isinstance(result, LoginRefused) else result[0]


async def test_there_is_nobody_to_log_in_by_default(accounts: Accounts) -> None:
    for name in ("admin", "root", LINK_ADMIN, "", "x" * 10_000, "\ud800"):
        assert await login(accounts, "admin", name=name) is None


async def test_an_admin_logs_in_for_twelve_hours(accounts: Accounts, clock: ManualClock) -> None:
    assert await accounts.create_admin("ada", PASSWORD) == "ada"
    result = await accounts.admin_login("ada", PASSWORD, HERE)
    assert not isinstance(result, LoginRefused)
    session, token = result
    assert session == AdminSession(session.name, clock.now_us() + ADMIN_SESSION_LIFETIME_US)
    clock.advance(ADMIN_SESSION_LIFETIME_US - 1)
    assert accounts.find_admin_session(token) == session
    clock.advance(1)
    assert accounts.find_admin_session(token) is None


async def test_who_cannot_be_an_admin(accounts: Accounts) -> None:
    await accounts.create_admin("ada", PASSWORD)
    with pytest.raises(AdminExists, match="an admin named ada already"):
        await accounts.create_admin("ada", PASSWORD)
    with pytest.raises(WeakPassword):
        await accounts.create_admin("bob", "short")
    with pytest.raises(BadName):
        await accounts.create_admin("Bob!", PASSWORD)
    with pytest.raises(BadName, match="one-time links"):
        await accounts.create_admin(LINK_ADMIN, PASSWORD)
    assert await login(accounts) is not None


async def test_wrong_and_unknown_are_refused_alike(accounts: Accounts) -> None:
    await accounts.create_admin("ada", PASSWORD)
    wrong = await accounts.admin_login("ada", PASSWORD + "?", HERE)
    unknown = await accounts.admin_login("eve", PASSWORD, HERE)
    assert wrong == unknown == LoginRefused(0)


async def test_guessing_slows_down_for_the_guesser_alone(accounts: Accounts, clock: ManualClock) -> None:
    await accounts.create_admin("ada", PASSWORD)
    refused = [await accounts.admin_login("ada", "a wrong guess", HERE) for _ in range(4)]
    assert refused == [LoginRefused(0), LoginRefused(0), LoginRefused(1000), LoginRefused(1000)]
    assert await login(accounts) is None, "not even the right password, while it waits"
    assert not isinstance(await accounts.admin_login("ada", PASSWORD, "198.51.100.7"), LoginRefused)
    clock.jump(10**12)
    assert await login(accounts) is None, "the wall clock does not shorten the delay"
    clock.advance(1_000_000)
    assert await login(accounts) is not None
    assert await accounts.admin_login("ada", "a wrong guess", HERE) == LoginRefused(0)


async def test_a_session_that_another_process_ended_is_ended(open_accounts: OpenAccounts) -> None:
    first, second = open_accounts(), open_accounts()
    await first.create_admin("ada", PASSWORD)
    result = await second.admin_login("ada", PASSWORD, HERE)
    assert not isinstance(result, LoginRefused)
    _, token = result
    assert first.find_admin_session(token)
    await first.end_admin_session(token)
    assert second.find_admin_session(token) is None
    await first.end_admin_session(token)


async def test_a_players_token_is_no_admins(accounts: Accounts) -> None:
    _, token = await accounts.create_guest("Ada")
    assert accounts.find_admin_session(token) is None
    link = accounts.create_link()
    assert accounts.find_session(link) is None
    assert accounts.find_admin_session(link) is None


async def test_a_link_works_once(open_accounts: OpenAccounts) -> None:
    """It is made before the server starts, by another process."""
    link = open_accounts().create_link(START_LINK_LIFETIME_MS)
    server = open_accounts()
    redeemed = await server.redeem_link(link, HERE)
    assert redeemed is not None
    session, token = redeemed
    assert session.name == LINK_ADMIN
    assert server.find_admin_session(token) == session
    assert await server.redeem_link(link) is None


async def test_a_link_expires(accounts: Accounts, clock: ManualClock) -> None:
    link, kept = accounts.create_link(), accounts.create_link(START_LINK_LIFETIME_MS)
    clock.advance(LINK_LIFETIME_MS * 1000)
    assert await accounts.redeem_link(link) is None
    assert await accounts.redeem_link(kept) is not None


async def test_what_admins_do_is_written_down(accounts: Accounts, clock: ManualClock) -> None:
    await accounts.create_admin("ada", PASSWORD)
    await accounts.admin_login("ada", "a wrong guess", HERE)
    result = await accounts.admin_login("ada", PASSWORD, HERE)
    assert not isinstance(result, LoginRefused)
    clock.advance(5)
    await accounts.audit(AuditEntry("ada", "close_room", "room-1", HERE, "nobody came"))
    await accounts.end_admin_session(result[1])
    now_us = clock.now_us()
    assert [entry for _, entry in accounts.read_audit(AuditWanted(limit=2)).entries] == [
        AuditEntry("ada", AuditAction.LOGOUT, at_us=now_us),
        AuditEntry("ada", "close_room", "room-1", HERE, "nobody came", now_us),
    ]
    assert [entry.action for _, entry in accounts.read_audit().entries][::-1] == [
        AuditAction.ADMIN_CREATED,
        AuditAction.LOGIN_REFUSED,
        AuditAction.LOGIN,
        "close_room",
        AuditAction.LOGOUT,
    ]
    assert not any(
        PASSWORD in str(entry) or result[1] in str(entry) for entry in accounts.read_audit().entries
    )


async def test_the_log_is_read_page_by_page(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        await accounts.audit(AuditEntry(f"admin-{number % 2}", "room_pause", f"room-{number % 3}"))

    def numbers(**wanted: object) -> tuple[list[int], int | None]:
        page = accounts.read_audit(AuditWanted(**wanted))  # type: ignore[arg-type]
        return [number for number, _ in page.entries], page.next

    assert numbers(limit=3) == ([7, 6, 5], 5)
    assert numbers(limit=3, before=5) == ([4, 3, 2], 2)
    assert numbers(limit=3, before=2) == ([1], None)
    assert numbers(actor="admin-1") == ([6, 4, 2], None)
    assert numbers(actor="admin-1", subject="room-0") == ([4], None)
    assert numbers(action="room_close") == ([], None)
    monkeypatch.setattr("kibitz.accounts.admins.AUDIT_READ_MOST", 3)
    assert numbers(subject="room-0") == ([7], 5)  # nobody is made to read it all at once
    assert numbers(subject="room-0", before=5) == ([4], 2)
    assert numbers(subject="room-0", before=2) == ([1], None)


async def test_a_role_goes_with_the_account_and_not_with_the_login(accounts: Accounts) -> None:
    await accounts.create_admin("ada", PASSWORD)
    await accounts.create_admin("ann", PASSWORD, Role.ANALYST)
    for name, role in (("ada", Role.ADMIN), ("ann", Role.ANALYST)):
        result = await accounts.admin_login(name, PASSWORD, HERE)
        assert not isinstance(result, LoginRefused)
        session, token = result
        assert session.role is role
        assert accounts.find_admin_session(token) == session
    link = await accounts.redeem_link(accounts.create_link())
    assert link is not None
    assert link[0].role is Role.ADMIN
    assert [(each.name, each.role) for each in accounts.admins()] == [
        ("ada", Role.ADMIN),
        ("ann", Role.ANALYST),
    ]


async def test_whoever_is_removed_is_out_at_once(accounts: Accounts) -> None:
    await accounts.create_admin("ada", PASSWORD)
    result = await accounts.admin_login("ada", PASSWORD, HERE)
    assert not isinstance(result, LoginRefused)
    await accounts.remove_admin("ada")
    assert accounts.find_admin_session(result[1]) is None
    assert await login(accounts) is None
    with pytest.raises(NoSuchAdmin, match="named ada"):
        await accounts.remove_admin("ada")
    # whoever gets the name next gets no session of the one before
    await accounts.create_admin("ada", PASSWORD, Role.ANALYST)
    assert accounts.find_admin_session(result[1]) is None


async def test_a_provider_vouches_for_its_own_accounts_alone(accounts: Accounts) -> None:
    assert await accounts.create_admin("Ada@Example.org", None, Role.ANALYST) == "ada@example.org"
    await accounts.create_admin("bob", PASSWORD)
    opened = await accounts.provided_login("ADA@example.org", "id.example", HERE)
    assert opened is not None
    assert (opened[0].name, opened[0].role) == ("ada@example.org", Role.ANALYST)
    assert accounts.find_admin_session(opened[1]) == opened[0]
    for stranger in ("eve@example.org", "bob", LINK_ADMIN, "", "a b", "x" * 300, "\ud800"):
        assert await accounts.provided_login(stranger, "id.example", HERE) is None
    for password in ("", PASSWORD, "None"):
        assert await login(accounts, password, name="ada@example.org") is None
    with pytest.raises(BadName, match="provider"):
        await accounts.create_admin("a b", None)
    with pytest.raises(BadName, match="one-time links"):
        await accounts.create_admin(LINK_ADMIN, None)
    refused = accounts.read_audit(AuditWanted(action=AuditAction.LOGIN_REFUSED)).entries
    assert all(entry.actor == "" for _, entry in refused)

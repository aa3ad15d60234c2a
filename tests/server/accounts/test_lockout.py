"""The growing delay: whom it slows, whom it does not, and that it stays bounded."""

from kibitz.accounts.lockout import DELAY_MAX_MS, ENTRIES_MAX, FORGOTTEN_AFTER_US, Lockout, delay_ms, network

SECOND_US = 1_000_000


def test_the_delay_grows_to_a_bound() -> None:
    assert [delay_ms(misses) for misses in range(8)] == [0, 0, 0, 1000, 2000, 4000, 8000, 16000]
    assert delay_ms(13) == DELAY_MAX_MS
    assert delay_ms(10**6) == DELAY_MAX_MS


def test_only_the_pair_that_missed_waits() -> None:
    lockout = Lockout()
    for _ in range(3):
        lockout.missed("ada", "192.0.2.1", 0)
    assert lockout.wait_ms("ada", "192.0.2.1", 0) == 1000
    assert lockout.wait_ms("ada", "192.0.2.1", SECOND_US // 2) == 500
    assert lockout.wait_ms("ada", "192.0.2.1", SECOND_US) == 0
    assert lockout.wait_ms("ada", "192.0.2.2", 0) == 0
    assert lockout.wait_ms("bob", "192.0.2.1", 0) == 0


def test_success_and_time_forgive() -> None:
    lockout = Lockout()
    for _ in range(9):
        lockout.missed("ada", "192.0.2.1", 0)
        lockout.missed("bob", "192.0.2.1", 0)
    lockout.succeeded("ada", "192.0.2.1")
    assert lockout.wait_ms("ada", "192.0.2.1", 0) == 0
    assert lockout.wait_ms("bob", "192.0.2.1", 0) > 0
    lockout.missed("bob", "192.0.2.1", FORGOTTEN_AFTER_US)
    assert lockout.wait_ms("bob", "192.0.2.1", FORGOTTEN_AFTER_US) == 0


def test_a_flood_of_names_costs_bounded_memory() -> None:
    lockout = Lockout()
    for number in range(ENTRIES_MAX + 100):
        for _ in range(3):
            lockout.missed(f"name-{number}", "192.0.2.1", 0)
    assert lockout.wait_ms("name-0", "192.0.2.1", 0) == 0
    assert lockout.wait_ms(f"name-{ENTRIES_MAX + 99}", "192.0.2.1", 0) == 1000


def test_an_ipv6_network_is_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:2") == "2001:db8::/64"
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("unix:") == "unix:"

"""Which address a limit counts."""

import pytest

from kibitz.http.addresses import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "counted"),
    [
        ("192.0.2.1", None, [], "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", [], "192.0.2.1"),
        ("10.1.2.3", "203.0.113.1, 198.51.100.9", ["10.0.0.0/8"], "198.51.100.9"),
        ("10.1.2.3", "nonsense", ["10.0.0.0/8"], "unknown"),
        ("2001:db8:1:2:3::4", None, [], "2001:db8:1:2::/64"),
        ("::1", None, [], "::/64"),
        ("::ffff:192.0.2.1", None, ["10.0.0.0/8"], "192.0.2.1"),
        (None, None, [], "unknown"),
    ],
)
def test_counted_address(peer: str | None, forwarded: str | None, proxies: list[str], counted: str) -> None:
    assert client_address(peer, forwarded, proxies) == counted

"""Where a server listens, which names it answers to, and what its cookie is called."""

from kibitz.config import Settings, load
from kibitz.reach import reach


def test_by_default_only_loopback_is_reached() -> None:
    there = reach(Settings(), 8000)
    assert there.bind == "127.0.0.1"
    assert there.base_url == "http://127.0.0.1:8000"
    assert there.hosts == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}
    assert there.origins == {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"}
    assert there.cookie_name == "kibitz_session"


def test_lan_opens_the_machines_own_addresses() -> None:
    there = reach(Settings(lan=True), 80, ["192.168.1.7", "table.local"])
    assert there.bind == "0.0.0.0"
    assert there.base_url == "http://192.168.1.7:80"
    assert {"192.168.1.7:80", "192.168.1.7", "table.local"} <= there.hosts
    assert "http://table.local" in there.origins


def test_a_public_https_address_makes_the_cookie_secure() -> None:
    there = reach(load({"public_url": "https://Play.Example.org:443/"}, {}), 8000)
    assert there.bind == "127.0.0.1"
    assert there.base_url == "https://play.example.org"
    assert "play.example.org" in there.hosts
    assert "https://play.example.org" in there.origins
    assert there.is_tls
    assert there.cookie_name == "__Host-kibitz_session"

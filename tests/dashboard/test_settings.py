"""Settings travel through the environment, as Streamlit's pages are scripts."""

from pathlib import Path

from kibitz_dashboard.settings import Settings, settings


def test_what_is_handed_down_comes_back() -> None:
    chosen = Settings(Path("/srv/data"), "http://127.0.0.1:8000", "https://play.example")
    assert settings(chosen.to_environ()) == chosen
    assert chosen.replay_url("abc") == "https://play.example/replay/abc"
    assert chosen.replay_url("abc", 2, 7) == "https://play.example/replay/abc#match=2&version=7"


def test_defaults() -> None:
    assert settings({}) == Settings(Path("data"), "http://127.0.0.1:8000", "http://127.0.0.1:8000")

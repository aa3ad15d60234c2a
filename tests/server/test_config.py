"""Precedence and refusals of settings, and the table of them."""

from pathlib import Path

import pytest

from kibitz.config import TABLE, SettingError, Settings, load, settings_table, unknown_variables
from kibitz.setting import Kind


def test_flag_beats_variable_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "kibitz.toml"
    file.write_text("port = 1000\nping_interval_ms = 2000\nping_timeout_ms = 3000\n")
    env = {"KIBITZ_PORT": "1001", "KIBITZ_PING_INTERVAL_MS": "2001"}
    settings = load({"port": "1002"}, env, file)
    assert (settings.port, settings.ping_interval_ms, settings.ping_timeout_ms) == (1002, 2001, 3000)
    assert settings.dashboard_port == Settings().dashboard_port


def test_the_file_is_named_by_a_variable(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('limits = false\ntrusted_proxies = ["10.0.0.0/8", "::1"]\nlan = true\n')
    settings = load({}, {"KIBITZ_CONFIG": str(file)})
    assert not settings.limits_on
    assert settings.lan
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")


def test_kibitz_toml_of_the_working_directory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({}, {}) == Settings()
    Path("kibitz.toml").write_text("port = 1\n")
    assert load({}, {}).port == 1


@pytest.mark.parametrize(
    ("flags", "env", "toml", "said"),
    [
        ({"port": "http"}, {}, "", "--port must be a whole number from 0 to 65535, not 'http'."),
        ({"port": "65536"}, {}, "", "--port must be a whole number from 0 to 65535, not '65536'."),
        ({}, {"KIBITZ_LIMITS": "some"}, "", "KIBITZ_LIMITS must be one of on, off, not 'some'."),
        ({}, {"KIBITZ_LAN": "2"}, "", "KIBITZ_LAN must be on or off, not '2'."),
        ({}, {}, "prot = 1", "there is no setting called 'prot' (did you mean 'port'?)."),
        ({}, {}, "port = true", "port must be a whole number from 0 to 65535, not True."),
        ({}, {}, "port = 1.5", "port must be a whole number from 0 to 65535, not 1.5."),
        ({}, {}, "port =", "is not valid TOML"),
        ({"public_url": "example.org"}, {}, "", "--public-url must be an address like"),
        ({"public_url": "https://example.org/games"}, {}, "", "--public-url must be an address like"),
        ({"trusted_proxies": "10.0.0.0/99"}, {}, "", "--trusted-proxies must be addresses or networks"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    tmp_path: Path, flags: dict[str, str], env: dict[str, str], toml: str, said: str
) -> None:
    file = tmp_path / "kibitz.toml"
    file.write_text(toml)
    with pytest.raises(SettingError) as caught:
        load(flags, env, file)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value).removesuffix("\n") or "TOML" in str(caught.value)


def test_paths_of_games_are_lists(tmp_path: Path) -> None:
    file = tmp_path / "kibitz.toml"
    file.write_text('games = ["reversi", "a folder/tic.py"]\n')
    assert load({}, {}, file).games == (Path("reversi"), Path("a folder/tic.py"))
    settings = load({"games": "reversi, tic.py,"}, {}, file)
    assert settings.games == (Path("reversi"), Path("tic.py"))
    assert settings.as_flags()[settings.as_flags().index("--games") + 1] == "reversi,tic.py"
    file.write_text("games = [1]\n")
    with pytest.raises(SettingError, match="games must be paths separated by commas"):
        load({}, {}, file)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read: No such file"):
        load({}, {}, tmp_path / "none.toml")


def test_the_flags_of_settings_give_them_back() -> None:
    settings = load(
        {
            "lan": "on",
            "public_url": "https://play.example.org/",
            "trusted_proxies": "10.0.0.1",
            "limits": "off",
        },
        {"KIBITZ_REDIS_URL": "redis://:hunter2@127.0.0.1"},
    )
    parts = settings.as_flags()
    flags = {flag[2:].replace("-", "_"): text for flag, text in zip(parts[::2], parts[1::2], strict=True)}
    assert load(flags, {"KIBITZ_PORT": "1"} | settings.as_variables()) == settings
    assert "hunter2" not in str(parts)


def test_no_secret_is_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        load({}, {"KIBITZ_REDIS_URL": "rdis://:hunter2@127.0.0.1"})
    assert str(caught.value) == "KIBITZ_REDIS_URL must be an address like redis://127.0.0.1:6379/0."


def test_a_misspelt_variable_is_noticed() -> None:
    env = {"KIBITZ_PROT": "1", "KIBITZ_PORT": "1", "KIBITZ_CONFIG": "x", "HOME": "/"}
    assert unknown_variables(env) == ["KIBITZ_PROT"]


def test_every_setting_has_a_meaning_and_a_row() -> None:
    table = settings_table()
    for row in TABLE:
        assert row.meaning.endswith(".")
        assert f"| `{row.name}` |" in table
        assert row.kind is not Kind.CHOICE or row.default in row.choices


def test_the_docs_hold_this_very_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "operating.md"
    assert settings_table() in page.read_text("utf-8")

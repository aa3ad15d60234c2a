"""Settings of a sign-in: what is wrong is said before the server starts."""

from pathlib import Path

import pytest

from kibitz.config import SettingError, Settings, load
from kibitz.oidc.errors import OidcError
from kibitz.oidc.settings import BACK_PATH, is_safe, oidc_settings

ISSUER = "https://id.example/realm"


def test_without_an_issuer_there_is_none() -> None:
    assert oidc_settings(Settings()) is None


def test_where_people_come_back_to(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(" s3cret\n", "utf-8")
    chosen = Settings(oidc_issuer=ISSUER, oidc_client_id="kibitz", oidc_secret_file=str(secret))
    found = oidc_settings(chosen)
    assert found is not None
    assert (found.client_secret, found.provider) == ("s3cret", "id.example")
    assert found.redirect_uri == f"http://127.0.0.1:8501{BACK_PATH}"
    behind = Settings(oidc_issuer=ISSUER, oidc_client_id="kibitz", dashboard_url="https://look.example")
    found = oidc_settings(behind)
    assert found is not None
    assert (found.client_secret, found.redirect_uri) == ("", f"https://look.example{BACK_PATH}")


def test_what_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(OidcError, match="oidc_client_id is not"):
        oidc_settings(Settings(oidc_issuer=ISSUER))
    nowhere = str(tmp_path / "nothing")
    with pytest.raises(OidcError, match=r"^oidc_secret_file .*nothing cannot be read"):
        oidc_settings(Settings(oidc_issuer=ISSUER, oidc_client_id="kibitz", oidc_secret_file=nowhere))


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "ftp://id.example", "id.example", "https://", "https://id.example?x=1"]
)
def test_issuers_that_are_none(issuer: str) -> None:
    with pytest.raises(SettingError, match="oidc-issuer"):
        load({"oidc_issuer": issuer}, {})


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("https://id.example/x", True),
        ("http://127.0.0.1:9/x", True),
        ("http://[::1]:9/x", True),
        ("http://id.example/x", False),
        ("https:///x", False),
        ("http://[::1/x", False),
        ("file:///etc/passwd", False),
        (None, False),
    ],
)
def test_where_secrets_may_go(url: object, is_it: bool) -> None:
    assert is_safe(url) is is_it

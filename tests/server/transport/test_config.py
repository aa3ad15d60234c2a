"""What the settings make of themselves."""

import pytest

from kibitz.transport.config import CookieConfig


@pytest.mark.parametrize(
    ("cookie", "header"),
    [
        (CookieConfig(), "io=SID; Path=/; SameSite=Lax; HttpOnly"),
        (
            CookieConfig(name="lb", path="/a", same_site="None", is_secure=True, max_age_s=60),
            "lb=SID; Path=/a; SameSite=None; HttpOnly; Secure; Max-Age=60",
        ),
        (CookieConfig(is_http_only=False, same_site="Strict"), "io=SID; Path=/; SameSite=Strict"),
    ],
)
def test_cookie(cookie: CookieConfig, header: str) -> None:
    assert cookie.header("SID") == header

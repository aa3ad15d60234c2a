"""A session is believed for half a minute, a refusal never."""

from kibitz_dashboard.core.session import SessionCheck
from kibitz_dashboard.server.api import ServerApi
from support.admin_rest import TOKEN, AdminRest


def test_an_answer_is_believed_for_thirty_seconds(rest: AdminRest) -> None:
    now = [100.0]
    check = SessionCheck(ServerApi(rest.url), monotonic=lambda: now[0])
    assert (admin := check.admin(TOKEN)) is not None
    assert admin.name == "ada"
    rest.tokens.clear()
    now[0] += 29
    assert check.admin(TOKEN) is not None
    now[0] += 2
    assert check.admin(TOKEN) is None
    assert rest.calls == ["GET /api/admin/session"] * 2


def test_a_refusal_is_asked_again(rest: AdminRest) -> None:
    check = SessionCheck(ServerApi(rest.url))
    assert check.admin("later") is None
    rest.tokens.add("later")
    assert check.admin("later") is not None


def test_logging_out_is_seen_at_once(rest: AdminRest) -> None:
    check = SessionCheck(ServerApi(rest.url))
    check.admin(TOKEN)
    rest.tokens.clear()
    check.forget(TOKEN)
    assert check.admin(TOKEN) is None


def test_what_can_be_no_token_is_not_even_asked(rest: AdminRest) -> None:
    check = SessionCheck(ServerApi(rest.url))
    for token in (None, "", "a\r\nx: y", "ü", "x" * 257):
        assert check.admin(token) is None
    assert rest.calls == []

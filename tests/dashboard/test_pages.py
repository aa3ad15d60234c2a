"""What holds for every page: who may see it, and that a bad address or an old mart breaks none."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from kibitz_dashboard.core.navigation import ENTRIES
from kibitz_dashboard.core.roles import Role
from support.admin_rest import AdminRest

Open, Words = Callable[..., AppTest], Callable[[AppTest], str]
PAGES = [f"pages/{entry.name}.py" for entry in ENTRIES]
FOR_ADMINS = [f"pages/{entry.name}.py" for entry in ENTRIES if entry.needed is Role.ADMIN]
OF_MARTS = [page for page in PAGES if page not in {"pages/live.py", "pages/audit.py", "pages/reports.py"}]
FORGED = [
    "",
    "Admin",
    "ADMIN",
    "admin ",
    "root",
    "analyst,admin",
    "*",
    "admin\x00",
    "a" * 4000,
    "ａdmin",
    "'or 1=1",
]


def shows_nothing(app: AppTest) -> bool:
    return not (app.metric or app.dataframe or app.get("plotly_chart") or app.exception)


@pytest.mark.parametrize("token", [None, "", "forged", "ümlaut", "x" * 5000, "token-of-an-admin\n"])
@pytest.mark.parametrize("page", PAGES)
def test_strangers_see_nothing(open_page: Open, words_of: Words, page: str, token: str | None) -> None:
    app = open_page(page, token=token)
    assert "Please log in" in words_of(app)
    assert shows_nothing(app)


@pytest.mark.parametrize("page", FOR_ADMINS)
def test_an_analyst_is_told_what_is_not_for_analysts(
    open_page: Open, words_of: Words, rest: AdminRest, page: str
) -> None:
    rest.role = "analyst"
    app = open_page(page)
    assert "Not for your role" in words_of(app)
    assert shows_nothing(app)


@pytest.mark.parametrize("role", FORGED)
def test_a_role_that_nobody_gave(open_page: Open, words_of: Words, rest: AdminRest, role: str) -> None:
    rest.role = role
    app = open_page("pages/sql.py")
    assert "Not for your role" in words_of(app)
    assert shows_nothing(app)


def test_a_role_in_the_address_is_no_role(open_page: Open, words_of: Words, rest: AdminRest) -> None:
    rest.role = "analyst"
    app = open_page("pages/sql.py", role="admin", admin="1", token="token-of-an-admin")
    assert "Not for your role" in words_of(app)
    assert shows_nothing(app)


@pytest.mark.parametrize(
    "bad",
    [
        "'; drop table dim_room; --",
        "9" * 8000,
        "../../etc/passwd",
        "7d' or 1=1",
        "<script>alert(1)</script>",
        "\x00",
    ],
)
@pytest.mark.parametrize("page", OF_MARTS)
def test_nonsense_in_the_address_is_dropped(open_page: Open, page: str, bad: str) -> None:
    names = (
        "period",
        "days",
        "game",
        "bots",
        "compare",
        "zone",
        "status",
        "outcome",
        "weekday",
        "hour",
        "about",
    )
    app = open_page(page, room=bad, match=bad, version=bad, **dict.fromkeys(names, bad))
    assert not app.exception


@pytest.mark.parametrize("page", [page for page in OF_MARTS if page != "pages/room.py"])
def test_a_mart_of_an_older_etl_is_a_word(open_page: Open, words_of: Words, data: Path, page: str) -> None:
    with duckdb.connect(str(next((data / "warehouse").glob("mart_*.duckdb")))) as con:
        for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
            if table not in {"meta", "dim_room", "model_catalog"}:
                con.execute(f"drop table {table}")
    app = open_page(page)
    assert not app.exception
    said = words_of(app)
    assert "older than this page" in said or page == "pages/sql.py"


def test_demo_data_is_marked(open_page: Open, data: Path) -> None:
    with duckdb.connect(str(next((data / "warehouse").glob("mart_*.duckdb")))) as con:
        con.execute("update meta set is_demo = true")
    app = open_page("pages/rooms.py")
    assert any("Demo data" in info.value for info in app.info)


def test_links_name_options_as_they_are_called_inside(open_page: Open) -> None:
    app = open_page("pages/rooms.py", bots="with", game="connect-four", status="closed", period="28d")
    assert app.selectbox(key="bots").value == "with"
    assert app.selectbox(key="game").value == "connect-four"
    assert set(app.dataframe[0].value["Status"]) == {"· Closed"}


def test_a_link_within_decides_every_control(open_page: Open) -> None:
    app = open_page(via="period=range&days=2026-11-10&days=2026-11-12&bots=with&zone=Asia%2FTokyo")
    assert not app.exception
    assert [app.selectbox(key=key).value for key in ("bots", "zone", "game")] == ["with", "Asia/Tokyo", "all"]
    assert [str(day) for day in app.date_input(key="days").value] == ["2026-11-10", "2026-11-12"]


@pytest.mark.parametrize(
    "bad", ["period=x&days=1&days=2", "&&&&", "days=2026-11-10", "%00", "a=" * 9000, "game='--"]
)
def test_nonsense_in_a_link_within(open_page: Open, bad: str) -> None:
    app = open_page("pages/rooms.py", via=bad)
    assert not app.exception
    assert app.metric

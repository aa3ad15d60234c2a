"""SQL in each of its states."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
PAGE = "pages/sql.py"


def asked(app: AppTest, sql: str) -> AppTest:
    app.text_area[0].set_value(sql)
    return app.button[0].click().run()


def test_nothing_runs_before_it_is_asked(open_page: Open) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert len(app.dataframe) == 1  # the tables
    assert "dim_room" in app.dataframe[0].value["table_name"].tolist()
    assert not app.error


def test_rows(open_page: Open) -> None:
    app = asked(open_page(PAGE), "select count(*) as n_rooms from dim_room")
    assert not app.exception
    assert app.dataframe[1].value["n_rooms"].tolist()[0] > 0


@pytest.mark.parametrize(
    "sql", ["drop table dim_room", "select * from read_csv('/etc/passwd')", "selec 1", ""]
)
def test_a_refusal_is_a_sentence(open_page: Open, sql: str) -> None:
    app = asked(open_page(PAGE), sql)
    assert not app.exception
    assert len(app.error) == 1
    assert len(app.dataframe) == 1


@pytest.mark.parametrize("data", ["empty"], indirect=True)
def test_empty(open_page: Open) -> None:
    app = asked(open_page(PAGE), "select * from dim_room")
    assert not app.exception
    assert any("gave no rows" in caption.value for caption in app.caption)

"""A mart made by the real ETL from a known history, a stand-in for the admin REST, and pages in AppTest."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import scan_component_manifests
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from kibitz_dashboard.core.mart import Mart, MartHolder
from kibitz_dashboard.core.session import COOKIE
from kibitz_dashboard.settings import Settings
from kibitz_etl.models import load_models
from kibitz_etl.paths import Paths
from kibitz_etl.tick import Pipeline
from kibitz_etl.trends.tables import trend_tables
from support.admin_rest import TOKEN, AdminRest
from support.analytics_history import history
from support.analytics_journal import JournalFile, Row, at, naive

NOW = naive("2026-11-23 12:30:00")
DEFAULT_PAGE = "pages/overview.py"


def build(data: Path, rows: list[Row]) -> None:
    """Journal and mart of these rows in a data directory, as of `NOW`."""
    JournalFile(data / "journal.sqlite").append(rows)
    with Pipeline(
        Paths(data), load_models(), utc_now=lambda: NOW, interval_s=5, derived=trend_tables()
    ) as pipeline:
        tick = pipeline.tick()
        assert tick.state == "ok", tick.message


@pytest.fixture(scope="session")
def known_rows() -> list[Row]:
    return history(seed=11, until=at("2026-11-23 12:29:00"), days=16, rooms_per_day=6)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory, known_rows: list[Row]) -> dict[str, Path]:
    """Made once; each test gets a copy."""
    made = {}
    for name, rows in (("normal", known_rows), ("empty", [])):
        made[name] = tmp_path_factory.mktemp(name)
        build(made[name], rows)
    return made


@pytest.fixture
def data(tmp_path: Path, _built: dict[str, Path], request: pytest.FixtureRequest) -> Path:
    """A data directory: `normal`, or what the test asks for by `indirect`: `empty`, `stale` or `nothing`."""
    kind = getattr(request, "param", "normal")
    directory = tmp_path / "data"
    if kind == "nothing":
        directory.mkdir()
        return directory
    shutil.copytree(_built["empty" if kind == "empty" else "normal"], directory)
    if kind == "stale":
        pointer = directory / "warehouse" / "current.json"
        found = json.loads(pointer.read_text("utf-8"))
        found["checked_at"] = (NOW - timedelta(minutes=9)).isoformat() + "Z"
        pointer.write_text(json.dumps(found), "utf-8")
    return directory


@pytest.fixture
def publish() -> Callable[[Path], None]:
    """Loads and publishes what was appended to a data directory's journal."""
    return lambda data: build(data, [])


@pytest.fixture
def mart(data: Path) -> Iterator[Mart]:
    _, found = MartHolder(data / "warehouse").current()
    yield found
    found.close()


@pytest.fixture
def rest() -> Iterator[AdminRest]:
    with AdminRest() as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def _packages_are_searched_once() -> Iterator[None]:
    """For components: each `AppTest` reads the metadata of all that is installed, and the same comes out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page(data: Path, rest: AdminRest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Runs a page as an admin sees it; `token=None` for somebody who is not logged in."""

    def run(
        page: str | None = None, token: str | None = TOKEN, server_url: str | None = None, **query: str
    ) -> AppTest:
        url = server_url or rest.url
        for name, value in Settings(data, url, "https://play.example").to_environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("kibitz_dashboard.core.start.utc_now", lambda: NOW)
        cookies = {} if token is None else {COOKIE: token}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda self: cookies))
        app = AppTest.from_file(str(files("kibitz_dashboard") / "app.py"), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        wanted = page or DEFAULT_PAGE
        if wanted != DEFAULT_PAGE:
            app.switch_page(
                wanted
            )  # before the first run: a whole overview for nothing costs more than the page
        app.run()
        opened = app._registered_pages[app._page_hash] if app._page_hash else {"script_path": DEFAULT_PAGE}
        assert str(opened["script_path"]).endswith(wanted), "Streamlit fell back to another page"
        return app

    return run


@pytest.fixture
def words_of() -> Callable[[AppTest], str]:
    """Everything that a page says, as one text."""

    def text(app: AppTest) -> str:
        kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
        said = [element.value for kind in kinds for element in kind]
        said += [f"{metric.label} {metric.value}" for metric in app.metric]
        said += [link.proto.label for link in app.get("page_link")]
        return "\n".join(said)

    return text

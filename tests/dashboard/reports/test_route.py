"""A report's page is handed out in a box that nothing leaves."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.requests import Request

from kibitz_dashboard.reports.route import show_report
from kibitz_dashboard.settings import Settings


@pytest.fixture(autouse=True)
def _report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Settings(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9").to_environ().items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "reports" / "weekly" / "2026-W46"
    folder.mkdir(parents=True)
    content = b"<!doctype html><script>parent.stolen = 1</script>"
    (folder / "report.html").write_bytes(content)
    file = {"name": "report.html", "bytes": len(content), "sha256": sha256(content).hexdigest()}
    told = {"id": "x", "title": "Week", "period": "2026-W46", "files": [file]}
    (folder / "manifest.json").write_text(json.dumps(told), "utf-8")


def request(report: str, period: str) -> Request:
    return Request({"type": "http", "headers": [], "path_params": {"report": report, "period": period}})


async def test_its_scripts_have_an_origin_of_nobody_and_can_load_nothing() -> None:
    answer = await show_report(request("weekly", "2026-W46"))
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("name", ["..", "", "weekly/..", "nothing", "x" * 500, "%2e%2e", "\x00"])
async def test_nothing_else_is_handed_out(name: str) -> None:
    assert (await show_report(request(name, "2026-W46"))).status_code == 404
    assert (await show_report(request("weekly", name))).status_code == 404

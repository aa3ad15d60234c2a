"""Reports are read by their manifests, and nothing else is."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from kibitz_dashboard.reports.shelf import report, shelf


def make(root: Path, name: str = "weekly", period: str = "2026-W46", **changes: object) -> Path:
    folder = root / name / period
    folder.mkdir(parents=True)
    content = b"<!doctype html><p>Fine</p>"
    (folder / "report.html").write_bytes(content)
    told = {
        "id": f"{name}/{period}",
        "title": "Trends of the week",
        "period": period,
        "zone": "UTC",
        "mart_version": 7,
        "watermark_seq": 99,
        "files": [
            {"name": "report.html", "bytes": len(content), "sha256": sha256(content).hexdigest()},
        ],
        "sql": {"dau": "select 1"},
    }
    (folder / "manifest.json").write_text(json.dumps(told | changes), "utf-8")
    return folder


def test_a_report_and_its_file(tmp_path: Path) -> None:
    folder = make(tmp_path)
    found = report(tmp_path, "weekly", "2026-W46")
    assert found is not None
    assert found.file("report.html") == folder / "report.html"
    assert found.faults() == []
    assert found.is_genuine("report.html")
    assert [each.period for each in shelf(tmp_path)] == ["2026-W46"]


def test_what_is_not_as_the_manifest_says(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "report.html").write_bytes(b"<!doctype html><p>Evil</p>")
    found = report(tmp_path, "weekly", "2026-W46")
    assert found is not None
    assert not found.is_genuine("report.html")
    (folder / "report.html").write_bytes(b"longer than it was when it was made")
    assert found.faults() == ["report.html has another size"]
    (folder / "report.html").unlink()
    assert found.faults() == ["report.html is missing"]


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "../manifest.json", "/etc/passwd", "..", "", "a/b", "report.html\x00", "x" * 300],
)
def test_files_that_no_manifest_names(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    found = report(tmp_path, "weekly", "2026-W46")
    assert found is not None
    assert found.file(name) is None


def test_a_manifest_cannot_lead_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    files = [
        {"name": name, "bytes": 6, "sha256": ""}
        for name in ("../../secret.txt", "/etc/passwd", "link.html", "..")
    ]
    folder = make(tmp_path / "reports", files=files)
    (folder / "link.html").symlink_to(tmp_path / "secret.txt")
    found = report(tmp_path / "reports", "weekly", "2026-W46")
    assert found is not None
    assert all(found.file(file.name) is None for file in found.manifest.files)


@pytest.mark.parametrize(
    "name", ["..", ".", "", "a/b", "weekly/../weekly", "%2e%2e", "x" * 41, "-", "ümlaut"]
)
def test_names_of_folders_are_checked(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    assert report(tmp_path, name, "2026-W46") is None
    assert report(tmp_path, "weekly", name) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"id": 3}', '{"files": "x"}'])
def test_a_broken_manifest_is_no_report(tmp_path: Path, text: str) -> None:
    folder = make(tmp_path)
    (folder / "manifest.json").write_text(text, "utf-8")
    assert shelf(tmp_path) == []


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert shelf(tmp_path / "none") == []

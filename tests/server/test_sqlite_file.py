"""Opening a file of ours: private, migrated, or refused in one sentence."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from sqlite_utils import Database

from kibitz import sqlite_file
from kibitz.sqlite_file import FileProblem, Migrations, UnusableFile, connect, prepare


def steps(*names: str) -> Migrations:
    migrations = Migrations("notes")
    for name in names:

        def step(db: Database, name: str = name) -> None:
            db.execute(f"CREATE TABLE {name} (x INTEGER) STRICT")

        migrations(name=name)(step)
    return migrations


def tables(path: Path) -> set[str]:
    connection = connect(path, read_only=True)
    found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found - {"_sqlite_migrations"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "notes.sqlite"


def test_a_new_file_is_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        prepare(path, steps("one"))
        connection = connect(path)
        connection.execute("INSERT INTO one VALUES (1)")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(("notes.sqlite", "notes.sqlite-wal", "notes.sqlite-shm"), 0o600)


def test_missing_migrations_are_applied_in_order_and_once(path: Path) -> None:
    prepare(path, steps("one"))
    prepare(path, steps("one", "two", "three"))
    prepare(path, steps("one", "two", "three"))
    assert tables(path) == {"one", "two", "three"}


def test_the_file_is_left_in_wal_mode(path: Path) -> None:
    prepare(path, steps("one"))
    connection = connect(path)
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


def test_a_migration_that_fails_leaves_nothing_of_itself(path: Path) -> None:
    prepare(path, steps("one"))
    broken = steps("one")

    @broken(name="two")
    def _two(db: Database) -> None:
        db.execute("CREATE TABLE two (x INTEGER)")
        db.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(UnusableFile):
        prepare(path, broken)
    assert tables(path) == {"one"}


def refusal(path: Path, migrations: Migrations | None = None) -> UnusableFile:
    with pytest.raises(UnusableFile) as caught:
        prepare(path, migrations or steps("one"))
    assert caught.value.path == path
    assert str(caught.value) == f"{path} {caught.value.problem.value}."
    return caught.value


def test_a_file_that_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)
    assert refusal(path).problem is FileProblem.NOT_A_DATABASE
    assert path.read_text().startswith("Dear diary")


def test_a_database_of_something_else(path: Path) -> None:
    prepare(path, steps("one"))
    other = Migrations("others")
    other(name="one")(lambda db: None)
    assert refusal(path, other).problem is FileProblem.FOREIGN
    plain = path.with_name("plain.sqlite")
    with sqlite3.connect(plain) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    before = plain.read_bytes()
    assert refusal(plain).problem is FileProblem.FOREIGN
    assert plain.read_bytes() == before


def test_a_schema_from_the_future(path: Path) -> None:
    prepare(path, steps("one", "two"))
    assert refusal(path, steps("one")).problem is FileProblem.FROM_THE_FUTURE


def test_a_folder_that_cannot_be_made_or_a_folder_in_its_place(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    assert refusal(path).problem is FileProblem.UNWRITABLE
    path.parent.unlink()
    path.mkdir(parents=True)
    assert refusal(path).problem is FileProblem.UNWRITABLE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(path: Path) -> None:
    path.parent.mkdir(mode=0o500)
    assert refusal(path).problem is FileProblem.UNWRITABLE


def test_a_file_that_another_process_has_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_TIMEOUT_MS", 20)
    path.parent.mkdir()
    holder = apsw.Connection(str(path))
    holder.execute("CREATE TABLE t (x); BEGIN EXCLUSIVE")
    assert refusal(path).problem is FileProblem.LOCKED
    holder.execute("ROLLBACK")
    holder.close()


def test_a_damaged_file(path: Path) -> None:
    prepare(path, steps("one", "two", "three"))
    content = bytearray(path.read_bytes())
    content[100:200] = b"\xff" * 100
    path.write_bytes(content)
    assert refusal(path).problem is FileProblem.DAMAGED


def test_a_read_only_connection_writes_nothing(path: Path) -> None:
    prepare(path, steps("one"))
    connection = connect(path, read_only=True)
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("INSERT INTO one VALUES (1)")
    connection.close()


def test_processes_that_open_a_new_file_at_once_all_succeed(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from kibitz.sqlite_file import prepare;"
        "from kibitz.journal.schema import migrations;"
        "sys.stdin.readline(); prepare(Path(sys.argv[1]), migrations)"
    )
    server = Path(__file__).resolve().parents[2] / "server"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(server)},
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == [""] * 4
    assert tables(path) >= {"rooms", "events", "snapshots"}

"""Only what the archive is proved to hold leaves the journal, and it can be replayed afterwards."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kibitz.games.registry import load_games
from kibitz.operating import prune as pruning
from kibitz.operating.files import rooms_with_gaps
from kibitz.operating.prune import PruneError, prunable, prune
from kibitz.ratings.schema import migrations
from kibitz.replay.folded import fold_of
from kibitz.replay.source import read
from kibitz.replay.verify import verify
from kibitz.sqlite_file import connect, prepare
from kibitz_etl.archive.keeping import Keeper
from support.archived_demo import UNTIL, copy_of

NOW_US = 1_795_188_600_000_000
DAYS = 10


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = copy_of(tmp_path_factory.mktemp("archived") / "data")
    Keeper(data / "journal.sqlite", data / "archive", lambda: UNTIL).keep(budget_s=600)
    return data


@pytest.fixture
def data(archived: Path, tmp_path: Path) -> Path:
    shutil.copytree(archived, tmp_path / "data")
    return tmp_path / "data"


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "journal.sqlite")) as connection, connection:
        return connection.execute(sql).fetchall()


def quiet(done: int, total: int) -> None:
    """Nobody looks on."""


def test_old_closed_rooms_go_and_are_replayed_from_the_archive(data: Path) -> None:
    found = prunable(data, NOW_US, DAYS)
    assert found.unproved == 0
    old_us = NOW_US - DAYS * 86_400_000_000
    closed = f"select room from events where kind = 'closed' and at_us < {old_us}"
    assert set(found.keys) == {key for (key,) in rows(data, closed)}
    ids = [str(i) for (i,) in rows(data, f"select room_id from rooms where key in ({closed}) order by key")]
    before = {room_id: read(data, room_id) for room_id in ids[::9]}
    total = rows(data, "select count(*) from events")[0][0]
    prune(data, found, quiet, gives_back=True)
    assert rows(data, "select count(*) from events") == [(int(str(total)) - found.events,)]
    assert not rows(data, f"select 1 from rooms where key in ({','.join(map(str, found.keys))})")
    games = load_games([]).games
    for room_id, was in before.items():
        now = read(data, room_id)
        assert [each.id for each in now.events] == [each.id for each in was.events]
        verify(now, fold_of(now.record, games[now.record.game]))
        assert read(data, was.record.code.lower()).record.code == was.record.code
    with closing(connect(data / "journal.sqlite", read_only=True)) as connection:
        assert rooms_with_gaps(connection) == 0
    assert prunable(data, NOW_US, DAYS).keys == ()


def test_the_newest_room_and_the_newest_row_stay(data: Path) -> None:
    newest = rows(data, "select max(key) from rooms")[0][0]
    last = rows(data, "select max(id) from events")[0][0]
    found = prunable(data, NOW_US + 10**15, 1)
    assert newest not in found.keys
    prune(data, found, quiet, gives_back=False)
    assert rows(data, "select max(id) from events") == [(last,)]
    assert rows(data, "select max(key) from rooms") == [(newest,)]


def spoil(data: Path) -> None:
    path = sorted((data / "archive" / "events").iterdir())[3]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_a_file(data: Path) -> None:
    sorted((data / "archive" / "rooms").iterdir())[2].unlink()


def lose_the_manifest(data: Path) -> None:
    (data / "archive" / "manifest.json").unlink()


def fall_behind(data: Path) -> None:
    prepare(data / "ratings.sqlite", migrations)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (spoil, "is damaged"),
        (lose_a_file, "is missing"),
        (lose_the_manifest, "there is no archive"),
        (fall_behind, "the ratings are counted up to the event 0 only"),
    ],
)
def test_without_proof_nothing_goes(data: Path, harm: Callable[[Path], None], told: str) -> None:
    harm(data)
    with pytest.raises(PruneError, match=told):
        prunable(data, NOW_US, DAYS)


def test_a_room_that_is_not_what_was_archived_stays(data: Path) -> None:
    found = prunable(data, NOW_US, DAYS)
    key = found.keys[0]
    rows(data, f"update events set args = '[\"other\"]' where room = {key} and version = 1")
    again = prunable(data, NOW_US, DAYS)
    assert again.unproved == 1
    assert key not in again.keys


def test_cut_off_in_between_whole_rooms_are_gone_and_the_next_run_goes_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    def cut(done: int, total: int) -> None:
        raise Cut

    monkeypatch.setattr(pruning, "ROOMS_AT_ONCE", 7)
    found = prunable(data, NOW_US, DAYS)
    with pytest.raises(Cut):
        prune(data, found, cut, gives_back=False)
    left = prunable(data, NOW_US, DAYS)
    assert len(left.keys) == len(found.keys) - 7
    with closing(connect(data / "journal.sqlite", read_only=True)) as connection:
        assert rooms_with_gaps(connection) == 0
    prune(data, left, quiet, gives_back=False)
    assert prunable(data, NOW_US, DAYS).keys == ()

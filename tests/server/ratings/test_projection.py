"""From the journal to standings: whatever the windows, the same rows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kibitz.clock import SystemClock
from kibitz.ids import GameName
from kibitz.journal.records import EventKind
from kibitz.ratings import projection as projection_module
from kibitz.ratings.files import rebuild
from kibitz.ratings.projection import Projection, no_pause
from kibitz.ratings.standings import Standings
from support.past_matches import ANN, BEN, CY, HOUSE, PastMatches

FOUR = GameName("connect-four")
TABLES = ("results", "placings", "tallies", "ratings")


@pytest.fixture
async def past(tmp_path: Path) -> AsyncIterator[PastMatches]:
    past = PastMatches(tmp_path)
    yield past
    await past.close()


@contextmanager
def projected(data: Path, name: str = "ratings.sqlite") -> Iterator[Projection]:
    projection = Projection(data / name, data / "journal.sqlite", SystemClock(), no_pause)
    try:
        yield projection
    finally:
        projection.close()


def catch_up(data: Path, name: str = "ratings.sqlite") -> None:
    with projected(data, name) as projection:
        while not projection.step().is_done:
            pass


def content(path: Path) -> dict[str, list[Any]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            for table in TABLES
        }
    finally:
        connection.close()


async def test_people_are_rated_bots_are_not(past: PastMatches, tmp_path: Path) -> None:
    past.room(ANN, BEN).match({"winner": 0})
    past.room(ANN, HOUSE).match({"winner": 1})
    past.room(HOUSE, HOUSE).match({"winner": 1})
    await past.journal.flush()
    catch_up(tmp_path)
    standings = Standings(tmp_path / "ratings.sqlite")
    assert [(row.player, row.played, row.won) for row in standings.board(FOUR, 10)] == [
        (ANN, 1, 1),
        (BEN, 1, 0),
    ]
    (tally,) = standings.tallies(ANN)
    assert (tally.played, tally.won, tally.drawn) == (2, 1, 0)
    assert [(each.result, each.opponents) for each in standings.recent(ANN, 9)] == [
        ("lost", (HOUSE,)),
        ("won", (BEN,)),
    ]
    assert standings.tallies(HOUSE) == []
    standings.close()


async def test_a_room_that_cannot_be_read_is_passed_over(
    past: PastMatches, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    past.room(ANN, CY).match({"winner": 0})
    await past.journal.flush()
    with apsw.Connection(str(past.path)) as journal:
        journal.execute("UPDATE events SET args = '{}' WHERE kind = 'started'")
    past.room(ANN, BEN).match({"winner": 1})
    await past.journal.flush()
    catch_up(tmp_path)
    assert "a room is not rated" in caplog.text
    assert len(content(tmp_path / "ratings.sqlite")["results"]) == 1


async def test_called_off_before_everybody_acted(past: PastMatches, tmp_path: Path) -> None:
    room = past.room(ANN, BEN)
    room.start()
    room.act(0)
    room.end({"winner": 0}, EventKind.FORFEIT, seat=1)  # before Ben did anything
    room.start()
    room.ticks(0)
    room.ticks(1)
    room.end({"winner": 1}, EventKind.TIMEOUT, seat=0)
    await past.journal.flush()
    catch_up(tmp_path)
    standings = Standings(tmp_path / "ratings.sqlite")
    assert [each.result for each in standings.recent(ANN, 9)] == ["lost", "called_off"]
    assert [(each.played, each.won) for each in standings.tallies(BEN)] == [(1, 1)]
    standings.close()


async def test_a_rewind_takes_a_rated_match_back(past: PastMatches, tmp_path: Path) -> None:
    other = past.room(BEN, CY)
    other.match({"winner": 0})
    room = past.room(ANN, BEN)
    room.match({"winner": 0})
    began = room.start()
    await past.journal.flush()
    catch_up(tmp_path)
    assert [row[1] for row in content(tmp_path / "ratings.sqlite")["ratings"]] == [ANN, BEN, CY]
    room.rewind(began - 2, match=1)
    await past.journal.flush()
    catch_up(tmp_path)
    assert [row[1] for row in content(tmp_path / "ratings.sqlite")["ratings"]] == [BEN, CY]
    catch_up(tmp_path, "anew.sqlite")
    assert content(tmp_path / "anew.sqlite") == content(tmp_path / "ratings.sqlite")


async def test_rebuilding_keeps_what_the_journal_has_no_more(past: PastMatches, tmp_path: Path) -> None:
    gone, kept = past.room(ANN, BEN), past.room(BEN, ANN)
    for room in (gone, kept):
        room.match({"winner": 0})
        room.close()
    await past.journal.flush()
    catch_up(tmp_path)
    before = content(tmp_path / "ratings.sqlite")
    await past.journal.close()
    pruned = apsw.Connection(str(past.path))
    pruned.execute(f"DELETE FROM events WHERE room = {gone.key}; DELETE FROM rooms WHERE key = {gone.key}")
    pruned.close()
    assert rebuild(tmp_path, SystemClock()) == 2
    assert content(tmp_path / "ratings.sqlite") == before
    pruned = apsw.Connection(str(past.path))
    pruned.execute("DELETE FROM events; DELETE FROM rooms")
    pruned.close()
    catch_up(tmp_path)  # which is no journal of before
    assert content(tmp_path / "ratings.sqlite") == before


async def test_an_older_journal_is_followed_from_its_beginning(past: PastMatches, tmp_path: Path) -> None:
    past.room(ANN, BEN).match({"winner": 0})
    await past.journal.flush()
    catch_up(tmp_path)
    await past.journal.close()
    past.path.unlink()
    again = PastMatches(tmp_path)
    again.room(CY, BEN)
    await again.close()
    with projected(tmp_path) as projection:
        assert projection.step().is_done
    assert content(tmp_path / "ratings.sqlite") == {table: [] for table in TABLES}


OUTCOMES = st.sampled_from(
    [{"winner": 0}, {"winner": 1}, {"winner": None}, {"winner": 1, "ranks": [2, 1, 3]}, {"winners": [0, 1]}]
)
STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), OUTCOMES), min_size=1, max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, window=st.integers(1, 40))
async def test_however_the_journal_is_cut_the_same_comes_out(
    steps: list[tuple[int, int, dict[str, object]]],
    window: int,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path_factory.mktemp("cut")
    past = PastMatches(data)
    tables = [past.room(ANN, BEN), past.room(BEN, CY, ANN), past.room(HOUSE, ANN)]
    begun: list[int | None] = [None] * len(tables)
    monkeypatch.setattr(projection_module, "WINDOW", window)
    for kind, number, outcome in steps:
        room, start = tables[number], begun[number]
        if start is None:
            begun[number] = room.start()
        elif kind == 0:
            room.rewind(start, room.number)
        elif kind == 1:
            room.give_up(0)
        elif kind == 2:
            room.end(outcome, EventKind.FORFEIT, seat=1)
            begun[number] = None
        elif kind == 3:
            room.act(0)
        else:
            room.end(outcome)
            begun[number] = None
        if kind % 2:
            await past.journal.flush()
            with projected(data) as projection:
                projection.step()
    await past.close()
    catch_up(data)
    found = content(data / "ratings.sqlite")
    monkeypatch.setattr(projection_module, "WINDOW", 5_000)
    catch_up(data, "anew.sqlite")
    assert content(data / "anew.sqlite") == found
    rebuild(data, SystemClock())
    assert content(data / "ratings.sqlite") == found

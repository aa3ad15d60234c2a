"""`kibitz ratings rebuild`."""

from pathlib import Path

import pytest

from kibitz import cli
from kibitz.ids import GameName
from kibitz.ratings.standings import Standings
from support.past_matches import ANN, BEN, PastMatches


async def test_it_makes_the_file_from_the_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    past = PastMatches(tmp_path)
    past.room(ANN, BEN).match({"winner": 1})
    await past.close()
    assert cli.main(["ratings", "rebuild", "--data", str(tmp_path)], {}) == 0
    assert capsys.readouterr().out == "The ratings stand on 1 results.\n"
    standings = Standings(tmp_path / "ratings.sqlite")
    assert [row.player for row in standings.board(GameName("connect-four"), 5)] == [BEN, ANN]
    standings.close()


def test_without_a_journal_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ratings", "rebuild", "--data", str(tmp_path)], {}) == 2
    assert "no journal" in capsys.readouterr().err

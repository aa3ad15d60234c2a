"""Every client ends where the server is, whatever the network and the server did in between.

Whole servers and the SDK's clients in simulated time: `support.simulated_world`. A run that fails is
repeated by its seed: `simulate(SEED, directory, game=…, seats=…)`.
"""

from pathlib import Path

import pytest

from kibitz.ids import GameName
from support.simulated_world import Tally, simulate

EVERYDAY, FULL = 10, 500
GAMES = [(GameName("connect-four"), 2), (GameName("liars-dice"), 4)]


def run(first: int, count: int, directory: Path, game: GameName, seats: int) -> None:
    total = Tally()
    for seed in range(first, first + count):
        print(f"seed={seed}", end=" ", flush=True)
        data = directory / str(seed)
        data.mkdir()
        tally = simulate(seed, data, game=game, seats=seats)
        for name, value in vars(tally).items():
            setattr(total, name, getattr(total, name) + value)
    print(f"\n{count} runs of 8 clients: {total}")
    assert total.acted > 10 * count, "hardly anything happened"
    assert min(total.kills, total.cuts, total.silences, total.second_tabs, total.rewinds) > 0


@pytest.mark.parametrize(("game", "seats"), GAMES)
def test_every_client_ends_on_the_server_s_view(tmp_path: Path, game: GameName, seats: int) -> None:
    run(0, EVERYDAY, tmp_path, game, seats)


@pytest.mark.full
@pytest.mark.parametrize(("game", "seats"), GAMES)
def test_five_hundred_runs_end_on_the_server_s_view(tmp_path: Path, game: GameName, seats: int) -> None:
    run(1_000, FULL, tmp_path, game, seats)

"""What places say about players."""

from kibitz.ratings.rater import Rater, Rating


def test_winning_raises_losing_lowers_and_both_are_known_better() -> None:
    winner, loser = Rater().rated([Rating(), Rating()], [1, 2])
    assert winner.rating > 1500 > loser.rating
    assert winner.deviation < 500
    assert winner.standing > loser.standing


def test_a_draw_between_equals_moves_nobody() -> None:
    left, right = Rater().rated([Rating(), Rating()], [1, 1])
    assert left == right
    assert round(left.rating) == 1500
    assert left.deviation < 500


def test_to_beat_a_stronger_player_tells_more() -> None:
    strong, weak = Rating(1800, 100), Rating(1200, 100)
    expected = Rater().rated([strong, weak], [1, 2])[0].rating - strong.rating
    surprising = Rater().rated([strong, weak], [2, 1])[1].rating - weak.rating
    assert 0 < expected < surprising


def test_four_players_are_ranked_by_their_places() -> None:
    after = Rater().rated([Rating()] * 4, [3, 1, 4, 2])
    order = sorted(range(4), key=lambda seat: -after[seat].rating)
    assert order == [1, 3, 0, 2]


def test_the_same_matches_give_the_same_numbers() -> None:
    def played() -> list[Rating]:
        rater, now = Rater(), [Rating()] * 3
        for places in ([1, 2, 3], [2, 2, 1], [1, 1, 1], [3, 1, 2]):
            now = rater.rated(now, places)
        return now

    assert played() == played()

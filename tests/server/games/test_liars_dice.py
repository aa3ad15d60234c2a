"""Liar's Dice by its rules: bids, calls, who loses what, who is out, and what is hidden from whom."""

from typing import Any

import pytest
from msgspec.structs import replace

from kibitz.games.liars_dice import LiarsDice, Options, Raise
from kibitz.games.liars_dice_table import BIDDING, FINISHED, REVEALED, Dice, Table
from kibitz.rules import Args, Chance, PerMove, Referee, Refusal, Seat, Setup, commitment

SEED = bytes(32)
GAME = LiarsDice()
REFEREE: Referee[Any] = Referee(GAME)


def started(seats: int = 3, first: int = 0, **options: Any) -> Table:
    table: Table = REFEREE.start(Setup(seats, Options(**options), 1, Seat(first), Chance(SEED)))
    return table


def with_dice(table: Table, *dice: tuple[int, ...]) -> Table:
    return replace(table, dice=dice, counts=tuple(map(len, dice)))


def done(table: Table, seat: int, name: str, *numbers: int) -> Table:
    payload = Raise(*numbers) if numbers else Args()
    refusal = REFEREE.judge(table, Seat(seat), name, payload)
    assert refusal is None, refusal
    after: Table = REFEREE.apply(table, Seat(seat), name, payload)
    return after


def refused(table: Table, seat: int, name: str, *numbers: int) -> str:
    found = REFEREE.judge(table, Seat(seat), name, Raise(*numbers) if numbers else Args())
    assert isinstance(found, Refusal)
    return found.code


def all_ready(table: Table) -> Table:
    for seat in table.waiting:
        table = done(table, seat, "ready")
    return table


class TestBids:
    def test_the_first_seat_opens_and_bids_go_round(self) -> None:
        table = started(first=2)
        assert GAME.to_move(table) == (2,)
        table = done(table, 2, "bid", 1, 3)
        assert GAME.to_move(table) == (0,)
        assert refused(table, 1, "bid", 9, 6) == "not_your_turn"

    @pytest.mark.parametrize(
        ("count", "face", "code"),
        [
            (3, 4, "game:too_low"),
            (2, 6, "game:too_low"),
            (3, 1, "game:ones_are_wild"),
            (16, 2, "game:too_many"),
        ],
    )
    def test_a_bid_is_higher_and_possible(self, count: int, face: int, code: str) -> None:
        table = done(started(), 0, "bid", 3, 4)
        assert refused(table, 1, "bid", count, face) == code

    def test_more_dice_or_a_higher_face(self) -> None:
        table = done(started(), 0, "bid", 3, 4)
        assert done(table, 1, "bid", 3, 5).bid == replace(table.bids[0], seat=Seat(1), face=5)
        assert done(table, 1, "bid", 4, 2).turn == 2

    def test_ones_may_be_bid_on_where_they_are_not_wild(self) -> None:
        assert done(started(wild_ones=False), 0, "bid", 1, 1).turn == 1

    def test_without_a_bid_there_is_nothing_to_call(self) -> None:
        assert refused(started(spot_on=True), 0, "challenge") == "game:no_bid"
        assert refused(started(spot_on=True), 0, "spot_on") == "game:no_bid"
        assert refused(done(started(), 0, "bid", 1, 2), 1, "spot_on") == "game:not_played"


class TestCalls:
    @pytest.mark.parametrize(
        ("count", "wild", "losers", "found"), [(3, True, (1,), 3), (4, True, (0,), 3), (3, False, (0,), 2)]
    )
    def test_who_is_wrong_loses_a_die(
        self, count: int, wild: bool, losers: tuple[int, ...], found: int
    ) -> None:
        table = with_dice(started(wild_ones=wild), (5, 1), (5, 3), (2, 2))
        table = done(done(table, 0, "bid", count, 5), 1, "challenge")
        call = table.rounds[-1].call
        assert call is not None
        assert (call.kind, call.seat, call.losers, call.count) == ("challenge", 1, losers, found)
        assert table.phase == REVEALED
        assert table.counts == tuple(2 - (seat in losers) for seat in range(3))
        assert all_ready(table).first == losers[0]

    def test_spot_on_costs_everybody_else_a_die(self) -> None:
        table = with_dice(started(spot_on=True), (5,), (5,), (2, 2), (3,))
        table = replace(table, places=(None,) * 4, gone=(None,) * 4)
        right = done(done(table, 0, "bid", 2, 5), 1, "spot_on")
        assert right.counts == (0, 1, 1, 0)
        assert right.places == (3, None, None, 3)
        assert all_ready(right).first == 2
        wrong = done(done(table, 0, "bid", 1, 5), 1, "spot_on")
        assert wrong.counts == (1, 0, 2, 1)
        assert wrong.gone == (None, "dice", None, None)
        assert all_ready(wrong).first == 2, "who is out does not open"

    def test_the_last_one_wins(self) -> None:
        table = with_dice(started(2), (5,), (3,))
        table = done(done(table, 0, "bid", 2, 5), 1, "challenge")
        outcome = REFEREE.outcome(table)
        assert table.phase == FINISHED
        assert outcome is not None
        assert (outcome.winner, outcome.reason, outcome.ranks, outcome.scores) == (1, "last", (2, 1), (0, 1))


class TestRounds:
    def test_everybody_looks_before_the_next_throw(self) -> None:
        table = done(done(started(), 0, "bid", 15, 6), 1, "challenge")
        assert GAME.to_move(table) == (0, 1, 2)
        table = done(done(table, 2, "ready"), 0, "ready")
        assert table.phase == REVEALED
        assert refused(table, 0, "ready") == "not_your_turn"
        assert done(table, 1, "ready").phase == BIDDING

    def test_a_round_tells_where_its_dice_come_from(self) -> None:
        table = done(done(started(), 0, "bid", 15, 6), 1, "challenge")
        table = all_ready(table)
        table = done(done(table, 0, "bid", 14, 6), 1, "challenge")
        assert table.commitments == (commitment(SEED),)
        assert [each.position for each in table.rounds] == [0, 15]
        for each in table.rounds:
            again, _ = Chance(SEED, each.position).dice(sum(map(len, each.dice)))
            assert again == tuple(die for own in each.dice for die in own)

    def test_a_new_seed_is_named_from_the_next_round_on(self) -> None:
        table = REFEREE.reseeded(started(), bytes([1]) * 32)
        table = all_ready(done(done(table, 0, "bid", 15, 6), 1, "challenge"))
        assert table.commitments == (commitment(SEED), commitment(bytes([1]) * 32))
        table = done(done(table, 0, "bid", 14, 6), 1, "challenge")
        assert [(each.seed, each.position) for each in table.rounds] == [(0, 0), (1, 0)]


class TestLeaving:
    def test_a_round_in_which_somebody_leaves_is_void(self) -> None:
        table = done(started(first=1), 1, "bid", 2, 3)
        after = REFEREE.forfeit(table, Seat(2))
        assert (after.phase, after.counts, after.turn, after.bids) == (BIDDING, (5, 5, 0), 1, ())
        assert after.rounds[-1].call is None
        assert after.gone == (None, None, "forfeit")

    def test_who_leaves_while_all_look_is_not_waited_for(self) -> None:
        table = done(done(started(), 0, "bid", 15, 6), 1, "challenge")
        table = done(done(table, 2, "ready"), 1, "ready")
        after = REFEREE.forfeit(table, Seat(0))
        assert (after.phase, after.turn) == (BIDDING, 1)

    def test_leaving_when_out_changes_nothing(self) -> None:
        table = REFEREE.forfeit(started(), Seat(2))
        assert REFEREE.forfeit(table, Seat(2)) == table
        assert refused(table, 2, "resign") == "game:out"

    def test_the_match_ends_with_one_left(self) -> None:
        table = REFEREE.forfeit(started(), Seat(0))
        table = done(table, 2, "resign")
        outcome = REFEREE.outcome(table)
        assert outcome is not None
        assert (outcome.winner, outcome.reason, outcome.ranks) == (1, "resigned", (3, 1, 2))


class TestTime:
    def test_an_opening_bid_is_made_and_a_bid_is_challenged(self) -> None:
        table = REFEREE.timeout(started(), Seat(0))
        assert table.bid is not None
        assert (table.bid.seat, table.bid.count, table.bid.face) == (0, 1, 2)
        table = REFEREE.timeout(table, Seat(1))
        assert table.phase == REVEALED
        for seat in table.waiting:
            table = REFEREE.timeout(table, seat)
        assert table.phase == BIDDING

    def test_a_turn_is_timed_and_looking_takes_less(self) -> None:
        rule = REFEREE.clock(Options())
        assert isinstance(rule, PerMove)
        assert (rule.limit_in(BIDDING), rule.limit_in(REVEALED)) == (60_000, 15_000)
        assert REFEREE.clock(Options(turn_ms=None)) is None


class TestSecrets:
    def test_only_ones_own_dice_are_seen_until_they_are_shown(self) -> None:
        table = started()
        assert GAME.view(table, Seat(1))["dice"] == [None, list(table.dice[1]), None]
        assert GAME.view(table, None)["dice"] == [None, None, None]
        shown = done(done(table, 0, "bid", 15, 6), 1, "challenge")
        for seat in (None, Seat(2)):
            assert GAME.view(shown, seat)["dice"] == [list(own) for own in table.dice]

    def test_who_is_out_sees_what_a_spectator_sees(self) -> None:
        table = REFEREE.forfeit(started(), Seat(0))
        assert GAME.view(table, Seat(0)) == GAME.view(table, None)

    def test_a_twin_looks_the_same_to_its_seat(self) -> None:
        table = done(started(), 0, "bid", 3, 4)
        other = GAME.twin(table, Seat(1), lambda sides: sides - 1)
        assert other.dice == ((6,) * 5, table.dice[1], (6,) * 5)
        assert GAME.view(other, Seat(1)) == GAME.view(table, Seat(1))
        assert GAME.view(other, Seat(0)) != GAME.view(table, Seat(0))


def test_each_face_is_thrown_as_often_as_it_should() -> None:
    """Chi-square over 60,000 dice of 400 fixed seeds, 5 degrees of freedom, 0.1 %."""
    faces = [0] * 6
    for number in range(400):
        dice: Dice
        dice, _ = GAME.throw(Chance(number.to_bytes(32, "big")), (25,) * 6)
        for own in dice:
            for die in own:
                faces[die - 1] += 1
    expected = sum(faces) / 6
    assert sum((count - expected) ** 2 / expected for count in faces) < 20.5, faces

"""The frame's hand on a game, with a game that lies when asked to."""

from typing import Any

import pytest
from msgspec import DecodeError

from kibitz.ids import Seat
from kibitz.rules import (
    Args,
    Chance,
    ClockRule,
    Move,
    NoOptions,
    PerMove,
    PerPhase,
    Referee,
    Refusal,
    RuleFault,
    Setup,
)
from support.planted_coins import Coin, Tosses
from support.toy_games import Amount, Hands, Tally

ANN, BEN = Seat(0), Seat(1)
SEED = bytes(range(32))


@pytest.fixture
def referee() -> Referee[Hands]:
    return Referee(Tally())


@pytest.fixture
def state(referee: Referee[Hands]) -> Hands:
    return referee.start(Setup(2, NoOptions(), 1, ANN, Chance(bytes(32))))


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal)
    return answer.code


def test_arguments_are_decoded_into_the_declared_payload(referee: Referee[Hands]) -> None:
    assert referee.decode_args("add", b'{"n":2}') == Amount(2)
    assert refused(referee.decode_args("ad", b'{"n":2}')) == "unknown_action"
    for text in (b"", b"null", b"{}", b'{"n":4}', b'{"n":1.0}', b'{"n":1,"m":1}', b'{"n":true}', b"\xff"):
        assert refused(referee.decode_args("add", text)) == "bad_args", text


def test_the_same_arguments_are_the_same_text(referee: Referee[Hands]) -> None:
    decoded = referee.decode_args("add", b' { "n" : 2 } ')
    assert isinstance(decoded, Args)
    assert referee.encode_args(decoded) == '{"n":2}'


def test_states_survive_their_codec(referee: Referee[Hands], state: Hands) -> None:
    assert referee.decode_state(referee.encode_state(state)) == state
    with pytest.raises(DecodeError):
        referee.decode_state(b"\x80")


def test_judging(referee: Referee[Hands], state: Hands) -> None:
    assert referee.judge(state, ANN, "add", Amount(1)) is None
    over = referee.forfeit(state, ANN)
    assert refused(referee.judge(over, ANN, "add", Amount(1))) == "wrong_phase"


def test_applying_leaves_the_old_state_as_it_was(referee: Referee[Hands], state: Hands) -> None:
    after = referee.apply(state, ANN, "add", Amount(3))
    assert (state.total, after.total) == (0, 3)


def test_the_phases_hold_the_game_to_its_word(referee: Referee[Hands], state: Hands) -> None:
    with pytest.raises(RuleFault, match="'lie' led from 'adding' to 'adding'"):
        referee.apply(state, ANN, "lie", Args())


def test_a_state_of_another_type_is_a_fault(state: Hands) -> None:
    class Careless(Tally):
        def on_forfeit(self, state: Hands, seat: Seat) -> Hands:
            return None  # type: ignore[return-value]

    with pytest.raises(RuleFault, match="returned a NoneType"):
        Referee(Careless()).forfeit(state, ANN)


def test_a_final_phase_without_an_outcome_is_a_fault(referee: Referee[Hands], state: Hands) -> None:
    class Undecided(Tally):
        def outcome(self, state: Hands) -> None:
            return None

    assert referee.outcome(state) is None
    over = referee.forfeit(state, ANN)
    with pytest.raises(RuleFault, match="no outcome"):
        Referee(Undecided()).outcome(over)
    outcome = referee.outcome(over)
    assert outcome is not None
    assert outcome.as_value() == {"winner": 1, "reason": "ten"}


def test_moves_are_listed_from_the_payloads(referee: Referee[Hands], state: Hands) -> None:
    listed = referee.legal_moves(state, ANN)
    assert listed == [Move(name, {"n": n}) for name in ("add", "bid") for n in (1, 2, 3)]
    assert referee.legal_moves(referee.forfeit(state, ANN), ANN) == []


def test_moves_are_listed_by_the_author(state: Hands) -> None:
    class Choosy(Tally):
        def candidates(self, state: Hands, seat: Seat) -> list[Move]:
            return [Move("add", {"n": 9}), Move("fly", {}), Move("add", {"n": 2})]

    assert Referee(Choosy()).legal_moves(state, ANN) == [Move("add", {"n": 2})]


def test_legality_of_a_move_from_outside(referee: Referee[Hands], state: Hands) -> None:
    assert referee.is_legal(state, BEN, Move("add", {"n": 1}))
    for move in (Move("add", {"n": 7}), Move("add", {}), Move("fly", {}), Move("add", {"n": 1, "m": 1})):
        assert not referee.is_legal(state, BEN, move), move


class TestChance:
    coin: Referee[Tosses] = Referee(Coin())

    def started(self) -> Tosses:
        return self.coin.start(Setup(2, NoOptions(), 1, Seat(0), Chance(SEED, 5)))

    def test_a_game_uses_chance_that_keeps_it_in_its_state(self, referee: Referee[Hands]) -> None:
        assert Coin.uses_chance
        assert not referee.game.uses_chance
        assert self.coin.chance(self.started()) == Chance(SEED, 5)

    def test_another_seed_changes_only_what_is_still_to_be_drawn(self) -> None:
        tossed = self.coin.apply(self.started(), Seat(0), "toss", Args())
        other = self.coin.reseeded(tossed, bytes(32))
        assert other.tossed == tossed.tossed
        assert other.chance == Chance(bytes(32))

    def test_a_game_without_chance_has_no_seed_to_change(self, referee: Referee[Hands], state: Hands) -> None:
        assert referee.chance(state) is None
        assert referee.reseeded(state, bytes(32)) is state


class TestClocks:
    def test_a_phase_with_a_clock_is_one_that_can_time_out(self) -> None:
        class Wrong(Coin):
            def clock(self, options: Any) -> ClockRule:
                return PerPhase({"tossing": 1_000, "over": 1_000})

        with pytest.raises(RuleFault, match="the phase 'over' has a clock, but no 'timeout'"):
            Referee(Wrong()).clock(NoOptions())

    def test_a_clock_needs_the_method_that_it_calls(self) -> None:
        class Wrong(Coin):
            def clock(self, options: Any) -> ClockRule:
                return PerMove(1_000)

        with pytest.raises(RuleFault, match="a clock of the type PerMove needs the method `on_timeout`"):
            Referee(Wrong()).clock(NoOptions())

    def test_the_end_of_a_phase_is_held_to_the_table(self) -> None:
        coin: Referee[Tosses] = Referee(Coin())
        state = coin.start(Setup(2, NoOptions(), 1, Seat(0), Chance(SEED)))
        assert coin.phase_over(state).phase == "tossing"
        over = coin.forfeit(state, Seat(1))
        with pytest.raises(RuleFault, match="'timeout' led from 'over'"):
            coin.phase_over(over)

from kibitz.ids import (
    JOIN_CODE_ALPHABET,
    is_bot,
    is_house_bot,
    new_action_id,
    new_epoch,
    new_house_bot_id,
    new_join_code,
    new_player_id,
    new_room_id,
)


def test_kinds_of_players_are_told_by_their_ids():
    person, bot, house = new_player_id(), new_player_id(is_bot=True), new_house_bot_id()
    assert [is_bot(player) for player in (person, bot, house)] == [False, True, True]
    assert [is_house_bot(player) for player in (person, bot, house)] == [False, False, True]


def test_no_session_can_be_given_the_id_of_a_house_bot():
    for first in range(256):
        for second in range(0, 256, 7):
            entropy = bytes([first, second]) * 8
            assert not is_house_bot(new_player_id(is_bot=True, entropy=lambda n, e=entropy: e[:n]))


def test_ids_have_the_length_that_the_contract_says():
    assert len(new_room_id()) == 22
    assert len(new_epoch()) == 12
    assert 16 <= len(new_action_id()) <= 64
    assert len(new_player_id()) == 24


def test_a_join_code_is_eight_letters_that_cannot_be_mistaken():
    code = new_join_code(lambda n: bytes(range(n)))
    assert code == JOIN_CODE_ALPHABET[:8]
    assert not set("01IO") & set(JOIN_CODE_ALPHABET)

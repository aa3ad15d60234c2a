from kibitz.client.backoff import Backoff

LEAST, MOST = (lambda n: bytes(n)), (lambda n: b"\xff" * n)


def test_delays_double_up_to_the_longest_and_are_spread_over_their_second_half():
    backoff = Backoff(first_ms=100, longest_ms=1_000)
    assert [backoff.delay_ms(n, LEAST) for n in range(6)] == [50, 100, 200, 400, 500, 500]
    assert [backoff.delay_ms(n, MOST) for n in range(6)] == [100, 200, 400, 800, 1_000, 1_000]


def test_a_hint_of_the_server_is_followed_once_and_never_earlier():
    backoff = Backoff(first_ms=100, longest_ms=1_000)
    assert backoff.delay_ms(0, LEAST, hint_ms=700) == 700
    assert backoff.delay_ms(0, MOST, hint_ms=700) == 1_050
    assert backoff.delay_ms(1, MOST, hint_ms=700) == 200


def test_a_hundredth_attempt_is_still_a_number():
    assert Backoff().delay_ms(100, MOST) == 5_000

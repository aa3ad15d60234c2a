import random

from kibitz.rooms.services.deadlines import Deadlines

Key = tuple[str]


def test_what_is_due_comes_once_and_in_order() -> None:
    deadlines: Deadlines[Key] = Deadlines()
    for name, due in (("c", 30), ("a", 10), ("b", 20)):
        deadlines.set((name,), due)
    assert deadlines.next_us() == 10
    assert deadlines.due(9) == []
    assert deadlines.due(25) == [("a",), ("b",)]
    assert deadlines.due(100) == [("c",)]
    assert deadlines.due(1_000) == []
    assert deadlines.next_us() is None


def test_putting_off_again_and_again_keeps_the_heap_small() -> None:
    deadlines: Deadlines[Key] = Deadlines()
    for due in range(10, 10_000):
        deadlines.set(("a",), due)
    assert len(deadlines._heap) == 1
    assert deadlines.due(9_998) == []
    assert deadlines.due(9_999) == [("a",)]


def test_an_earlier_instant_counts_and_cancelling_forgets() -> None:
    deadlines: Deadlines[Key] = Deadlines()
    deadlines.set(("a",), 50)
    deadlines.set(("a",), 20)
    assert deadlines.due(20) == [("a",)]
    assert deadlines.due(60) == []
    deadlines.set(("b",), 70)
    deadlines.cancel(("b",))
    assert len(deadlines) == 0
    assert deadlines.due(100) == []


def test_it_agrees_with_a_plain_dictionary() -> None:
    for seed in range(50):
        rng = random.Random(seed)
        deadlines: Deadlines[Key] = Deadlines()
        plain: dict[Key, int] = {}
        now = 0
        for _ in range(200):
            key = (rng.choice("abcdef"),)
            roll = rng.random()
            if roll < 0.6:
                due = now + rng.randrange(1, 50)
                deadlines.set(key, due)
                plain[key] = due
            elif roll < 0.7:
                deadlines.cancel(key)
                plain.pop(key, None)
            else:
                now += rng.randrange(20)
                expected = {key for key, due in plain.items() if due <= now}
                assert set(deadlines.due(now)) == expected, seed
                for key in expected:
                    del plain[key]
            upcoming = deadlines.next_us()
            assert not plain or (upcoming is not None and upcoming <= min(plain.values()))


def test_what_is_set_and_cancelled_again_and_again_takes_no_more_space() -> None:
    deadlines: Deadlines[tuple[int, str]] = Deadlines()
    for number in range(10):
        deadlines.set((number, "kept"), 500 + number)
    for number in range(10_000):
        deadlines.set((number % 50, "gone"), 10_000_000 - number)
        deadlines.cancel((number % 50, "gone"))
    assert len(deadlines._heap) < 200
    assert deadlines.due(1_000) == [(number, "kept") for number in range(10)]
    assert deadlines.due(20_000_000) == []

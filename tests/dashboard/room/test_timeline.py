"""Stretches of states, from a history, and the figure of them."""

from kibitz_dashboard.palette import DARK, LIGHT, mixed
from kibitz_dashboard.room.timeline import GAME, ROOM, figure, stretches, tints_of
from kibitz_dashboard.server.answers import Step


def step(version: int, status: str, phase: str | None = None, trigger: str = "action") -> Step:
    return Step(version, f"2026-11-23T10:00:{version:02d}.000000Z", trigger, status, to=phase)


STEPS = [
    step(1, "waiting", trigger="created"),
    step(2, "playing", "bidding", "started"),
    step(3, "playing", "bidding"),
    step(4, "playing", "revealed"),
    step(5, "playing", "bidding", "rewound"),
    step(6, "paused", "bidding", "paused"),
]


def test_stretches() -> None:
    found = stretches(STEPS, frozenset({4}))
    assert [(each.state, each.begin, each.end, each.is_taken) for each in found if each.lane == ROOM] == [
        ("waiting", 1, 2, False),
        ("playing", 2, 4, False),
        ("playing", 4, 5, True),
        ("playing", 5, 6, False),
        ("paused", 6, 7, False),
    ]
    assert [(each.state, each.begin, each.end) for each in found if each.lane == GAME] == [
        ("bidding", 2, 4),
        ("revealed", 4, 5),
        ("bidding", 5, 7),
    ]
    assert stretches([], frozenset()) == []


def test_the_figure_has_each_stretch_and_each_mark() -> None:
    found = stretches(STEPS, frozenset({4}))
    for by_version in (True, False):
        drawn = figure(found, [STEPS[4]], LIGHT, by_version=by_version)
        filled = [trace for trace in drawn.data if trace.fill == "toself"]
        assert len(filled) == len(found)
        assert [trace.opacity for trace in filled].count(0.3) == 2
        assert [note.text for note in drawn.layout.annotations] == ["rewound"]


def test_tints_differ_and_the_running_phase_has_the_accent() -> None:
    for colours in (LIGHT, DARK):
        tints = tints_of(["countdown", "playing", "racing", "round_over", "waiting", "finished"], colours)
        assert tints["playing"] == colours.accent
        assert len(set(tints.values())) == len(tints)


def test_mixed() -> None:
    assert mixed("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mixed("#123456", "#FFFFFF", 0) == "#123456"

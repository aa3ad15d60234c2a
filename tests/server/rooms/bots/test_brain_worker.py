"""The worker's side: lines in, lines out."""

import io

import msgspec

from kibitz.rooms.bots.brain_worker import Answer, Question, answer, serve


def question(brain: str) -> Question:
    return Question(brain, msgspec.Raw(b"{}"), 0, 1, 2)


def test_each_line_is_answered() -> None:
    asked = [question("support.toy_brains:echo"), question("support.toy_brains:failing")]
    out = io.BytesIO()
    serve(io.BytesIO(b"\n".join(msgspec.json.encode(each) for each in asked) + b"\n"), out)
    first, second = [msgspec.json.decode(line, type=Answer) for line in out.getvalue().splitlines()]
    assert (first.type, first.args["seat"]) == ("saw", 0)
    assert (second.type, second.problem) == (None, "RuntimeError: no idea")


def test_a_choice_of_another_shape_is_the_brains_failure() -> None:
    # `os:getcwd` takes no arguments; `builtins:max` gives something that is no pair.
    assert answer(question("os:getcwd")).problem is not None
    assert answer(question("builtins:max")).problem is not None
    assert answer(question("nonsense")).problem is not None

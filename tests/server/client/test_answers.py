from kibitz.client.answers import read_answer
from kibitz.client.errors import AnswerTimeout, Refused
from kibitz.protocol.messages import Acted, Done


def test_an_answer_becomes_its_type():
    assert read_answer({"ok": True, "version": 4}, Acted) == Acted(4)
    assert read_answer({"ok": True, "of_tomorrow": 1}, Done) == Done()


def test_a_refusal_becomes_the_exception_with_all_it_says():
    refused = read_answer(
        {"ok": False, "code": "room_busy", "message": "Later.", "version": 9, "retry_ms": 50}, Acted
    )
    assert isinstance(refused, Refused)
    assert (refused.code, refused.message, refused.version, refused.retry_ms) == (
        "room_busy",
        "Later.",
        9,
        50,
    )


def test_what_is_no_answer_of_the_contract_is_refused():
    for nonsense in (None, [], {}, {"ok": True}, {"ok": True, "version": "4"}, {"ok": False}):
        answer = read_answer(nonsense, Acted)
        assert isinstance(answer, Refused)
        assert answer.code == "internal"


def test_an_exception_stays_itself():
    late = AnswerTimeout("act", 5)
    assert read_answer(late, Acted) is late

"""RFC 6455, section 8.1: text is UTF-8, and what is not fails the connection with 1007."""

import pytest

from support.websocket_wire import CONTINUATION, TEXT, WireSocket

VALID = [
    "κόσμε",
    "\x00\x7f",
    "\u0080\u07ff",
    "\u0800\uffff",
    "\U00010000\U0010ffff",
    "\ud7ff\ue000\ufffd",
    "🎲♟️ Zürich",
    "\ufffe\uffff",
]

INVALID = {
    "lone continuation": b"\x80",
    "lone lead": b"\xc3",
    "lead and letter": b"\xc3A",
    "overlong slash": b"\xc0\xaf",
    "overlong of three": b"\xe0\x80\xaf",
    "overlong of four": b"\xf0\x80\x80\xaf",
    "surrogate": b"\xed\xa0\x80",
    "pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "above 10ffff": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "impossible byte": b"\xfe",
    "cut at the end": "κόσμ".encode() + b"\xce",
    "good then bad": "κόσμε".encode() + b"\xed\xa0\x80" + b"edited",
}


@pytest.mark.parametrize("text", VALID)
async def test_valid_text_comes_back(raw: WireSocket, text: str) -> None:
    await raw.send("4" + text)
    assert await raw.text() == "4" + text


@pytest.mark.parametrize("text", VALID)
async def test_characters_may_be_cut_by_fragments(raw: WireSocket, text: str) -> None:
    data = ("4" + text).encode()
    for index in range(len(data) - 1):
        await raw.send_frame(CONTINUATION if index else TEXT, data[index : index + 1], is_final=False)
    await raw.send_frame(CONTINUATION, data[-1:])
    assert await raw.text() == "4" + text


@pytest.mark.parametrize("data", INVALID.values(), ids=INVALID.keys())
async def test_invalid_text_fails_with_1007(raw: WireSocket, data: bytes) -> None:
    await raw.send_frame(TEXT, b"4" + data)
    assert (await raw.closing()).code == 1007


@pytest.mark.parametrize("data", INVALID.values(), ids=INVALID.keys())
async def test_invalid_text_in_fragments_fails_with_1007(raw: WireSocket, data: bytes) -> None:
    await raw.send_frame(TEXT, b"4", is_final=False)
    for index in range(len(data)):
        await raw.send_frame(CONTINUATION, data[index : index + 1], is_final=index == len(data) - 1)
    assert (await raw.closing()).code == 1007

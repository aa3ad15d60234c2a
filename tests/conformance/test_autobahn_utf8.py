"""The cases 6 of the Autobahn test suite, by their numbers."""

import pytest

from support.autobahn_wire import INVALID_LONG, more, text, write
from support.websocket_wire import (
    CONTINUATION,
    TEXT,
    WireSocket,
)

GREEK = "Hello-µ@ßöäüàá-UTF-8!!"


@pytest.mark.parametrize("parts", [[""], ["", "", ""], ["", "middle frame payload", ""]], ids=["1", "2", "3"])
async def test_empty_text_6_1(raw: WireSocket, parts: list[str]) -> None:
    frames = [text(parts[0], is_final=len(parts) == 1)]
    frames += [more(part, is_final=index == len(parts) - 2) for index, part in enumerate(parts[1:])]
    await write(raw, frames, "at once")
    assert await raw.text() == "4" + "".join(parts)


@pytest.mark.parametrize("size", [1_000, 3, 1], ids=["6.2.1", "6.2.2", "6.2.3 and 6.2.4"])
async def test_valid_text_in_pieces(raw: WireSocket, size: int) -> None:
    data = ("4" + GREEK + "κόσμε").encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    for index, piece in enumerate(pieces):
        await raw.send_frame(CONTINUATION if index else TEXT, piece, is_final=index == len(pieces) - 1)
    assert await raw.text() == data.decode()


@pytest.mark.parametrize("size", [100, 1], ids=["6.3.1", "6.3.2"])
async def test_invalid_text(raw: WireSocket, size: int) -> None:
    data = b"4" + INVALID_LONG
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    for index, piece in enumerate(pieces):
        await raw.send_frame(CONTINUATION if index else TEXT, piece, is_final=index == len(pieces) - 1)
    assert (await raw.closing()).code == 1007


# Invalid by what has come already, though nothing ends the message (6.4 asks for as early as possible;
# this server decides when the message is complete, as the suite's "non-strict" allows).
@pytest.mark.parametrize(
    "third", [b"\xf4\x90", b"\xf4\x90\x80\x80"], ids=["6.4.1 and 6.4.3", "6.4.2 and 6.4.4"]
)
async def test_invalid_text_is_found_at_the_latest_at_its_end_6_4(raw: WireSocket, third: bytes) -> None:
    await raw.send_frame(TEXT, b"4\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", is_final=False)
    await raw.send_frame(CONTINUATION, third, is_final=False)
    await raw.send_frame(CONTINUATION, b"edited", is_final=True)
    assert (await raw.closing()).code == 1007


def _hex(case: str, *sequences: str) -> dict[str, bytes]:
    return {f"{case}.{index}": bytes.fromhex(one) for index, one in enumerate(sequences, 1)}


# The sequences of Markus Kuhn's decoder test, in the suite's order.
VALID_UTF8 = {
    **_hex("6.5", "48656c6c6f20576f726c6421", "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a1"),
    **_hex("6.6", "ceba", "cebae1bdb9", "cebae1bdb9cf83", "cebae1bdb9cf83cebc", "cebae1bdb9cf83cebcceb5"),
    **_hex("6.7", "00", "c280", "e0a080", "f0908080"),
    **_hex("6.9", "7f", "dfbf", "efbfbf", "f48fbfbf"),
    **_hex("6.11", "ed9fbf", "ee8080", "efbfbd", "f48fbfbf"),
    **_hex("6.22", *(f"{plane}bfb{end}" for plane in ("ef", "f09f", "f0af", "f48f") for end in ("e", "f"))),
    **_hex("6.22 noncharacters", "efb790", "efb7af", "f09fbfbe", "f3bfbfbf"),
    **_hex("6.23", "efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"),
}


INVALID_UTF8 = {
    **_hex("6.6", "ce", "cebae1", "cebae1bd", "cebae1bdb9cf", "cebae1bdb9cf83ce", "cebae1bdb9cf83cebcce"),
    **_hex("6.8", "f888808080", "fc8480808080"),
    **_hex("6.10", "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"),
    **_hex("6.11", "f4908080"),
    **_hex("6.12", *("80" * count for count in range(1, 8)), "bf", bytes(range(0x80, 0xC0)).hex()),
    **_hex("6.13", *(f"{lead:02x}20" for lead in range(0xC0, 0xFE))),
    **_hex("6.14", "c0", "e080", "f08080", "f8808080", "fc80808080"),
    **_hex("6.14 last", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"),
    **_hex("6.15", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"),
    **_hex("6.16", "fe", "ff", "fefeffff"),
    **_hex("6.17", "c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"),
    **_hex("6.18", "c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"),
    **_hex("6.19", "c080", "e08080", "f0808080", "f880808080", "fc8080808080"),
    **_hex("6.20", "eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"),
    **_hex("6.21", "eda080edb080", "edadbfedb080", "edae80edbfbf", "edafbfedbfbf"),
}


@pytest.mark.parametrize("data", VALID_UTF8.values(), ids=VALID_UTF8.keys())
async def test_valid_sequence(raw: WireSocket, data: bytes) -> None:
    await raw.send_frame(TEXT, b"4" + data)
    assert (await raw.text()).encode() == b"4" + data


@pytest.mark.parametrize("data", INVALID_UTF8.values(), ids=INVALID_UTF8.keys())
async def test_invalid_sequence(raw: WireSocket, data: bytes) -> None:
    await raw.send_frame(TEXT, b"4" + data)
    assert (await raw.closing()).code == 1007

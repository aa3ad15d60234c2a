"""Passwords: which are refused, and that the hashing is as strong and as bounded as it says."""

import asyncio

import pytest

from kibitz.accounts import passwords
from kibitz.accounts.errors import WeakPassword
from kibitz.accounts.passwords import DECOY, WAITING_MAX, HashingBusy, Passwords, refuse_weak
from kibitz.ids import AdminName

ADA = AdminName("ada")
GOOD = "correct horse battery"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * 257, "at most 256"),
        ("ababababababab", "different"),
        ("password1234", "everybody tries"),
        ("KibitzKibitz1!", "everybody tries"),
        ("AdaAdaAdaAda-19", "everybody tries"),
        ("twelve\x00characters", "control"),
        ("lone surrogate \ud800", "control"),
    ],
)
def test_a_weak_password_is_refused_in_a_sentence(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword, match=rule):
        refuse_weak(password, ADA)


def test_a_good_password_is_taken() -> None:
    refuse_weak(GOOD, ADA)


async def test_a_hash_verifies_its_password_only() -> None:
    hashing = Passwords()
    stored = await hashing.hash(GOOD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.verify(GOOD, stored)
    assert not await hashing.verify(GOOD + "!", stored)
    assert not await hashing.verify("\ud800", stored)
    assert not await hashing.verify(GOOD, "not a hash")
    hashing.close()


async def test_nobody_is_the_owner_of_the_decoy() -> None:
    hashing = Passwords()
    assert not passwords._hasher().check_needs_rehash(DECOY), "an unknown name must take as long"
    assert passwords._hasher().verify(DECOY, "of nobody")
    assert not await hashing.verify("of nobody", None)
    hashing.close()


async def test_a_flood_is_refused_beyond_a_bound() -> None:
    hashing = Passwords()
    flood = [asyncio.ensure_future(hashing.verify(GOOD, None)) for _ in range(WAITING_MAX + 5)]
    results = await asyncio.gather(*flood, return_exceptions=True)
    assert [type(result) for result in results].count(HashingBusy) == 5
    assert not await hashing.verify(GOOD, None)
    hashing.close()

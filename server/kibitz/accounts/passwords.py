"""Admins' passwords: argon2id in a bounded pool of threads, so that no flood of logins starves the loop.

Source of the parameters: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, 2 passes, 1 lane).
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from kibitz.accounts.errors import AccountsError, WeakPassword
from kibitz.ids import AdminName

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LENGTH_MIN = 12
LENGTH_MAX = 256
DISTINCT_MIN = 5
THREADS = 2
WAITING_MAX = 32

DECOY = "$argon2id$v=19$m=19456,t=2,p=1$iMx2k06K7j9hHHBoyEhRWw$J6ZXM5GpvfK/I6a4x952XWmaUJb654DAK8nMGfLJqBY"
"""Stands in for the hash of an admin who does not exist, so that the answer takes as long."""
_COMMON = ("password", "passwort", "kibitz", "qwerty", "letmein", "welcome", "iloveyou", "abcdef", "123456")
_SHARE_OF_COMMON = 0.5


def refuse_weak(password: str, name: AdminName) -> None:
    """Raises `WeakPassword`. Length is what counts; the rest catches what a guesser tries first."""
    if len(password) < LENGTH_MIN:
        raise WeakPassword(f"A password has at least {LENGTH_MIN} characters; a sentence is a good one.")
    if len(password) > LENGTH_MAX:
        raise WeakPassword(f"A password has at most {LENGTH_MAX} characters.")
    if not password.isprintable():
        raise WeakPassword("A password has no control characters.")
    folded = password.casefold()
    if len(set(folded)) < DISTINCT_MIN:
        raise WeakPassword(f"A password has at least {DISTINCT_MIN} different characters.")
    rest = folded
    for word in (name, *_COMMON):
        rest = rest.replace(word, "")
    if len(rest) < len(folded) * _SHARE_OF_COMMON:
        raise WeakPassword("This password is mostly made of words that everybody tries first.")


class HashingBusy(AccountsError):
    """So many logins wait already that this one is not taken."""


class Passwords:
    """Hashes and verifies off the loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="accounts-hash")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `password` is the one of the hash `stored`. Without one it takes as long and is not.

        Raises `HashingBusy`.
        """
        if self._waiting >= WAITING_MAX:
            raise HashingBusy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            fits = await loop.run_in_executor(self._pool, _verify, stored or DECOY, password)
        finally:
            self._waiting -= 1
        return fits and stored is not None

    def close(self) -> None:
        """Blocks until the hashes under way are done."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@cache
def _hasher() -> "PasswordHasher":
    # Where somebody logs in, on the pool's threads: no start of a server waits for it.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _hash(password: str) -> str:
    return _hasher().hash(password)


def _verify(stored: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LENGTH_MAX:
        return False
    try:
        return _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False

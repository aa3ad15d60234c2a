"""How long to wait before the next attempt to connect. Pure: chance is an argument.

A restart brings every client back within the same second, so each delay is spread over its whole
second half: attempt n waits between half and all of `first_ms * 2**n`, at most `longest_ms`. Where
the server said when to come back (the notice `draining`), the first attempt follows that instead,
spread over half of it again, never earlier.
"""

from msgspec import Struct

from kibitz.ids import Entropy


class Backoff(Struct, frozen=True):
    """Milliseconds. `attempts` bounds the attempts in a row; None tries until the client is closed."""

    first_ms: int = 250
    longest_ms: int = 5_000
    attempts: int | None = None

    def delay_ms(self, attempt: int, entropy: Entropy, *, hint_ms: int | None = None) -> int:
        """The wait before `attempt`, counted from 0; `hint_ms` is what the server asked for."""
        if hint_ms is not None and attempt == 0:
            return hint_ms + _part(hint_ms // 2, entropy)
        whole = min(self.longest_ms, self.first_ms << min(attempt, 16))
        return whole - whole // 2 + _part(whole // 2, entropy)


def _part(of: int, entropy: Entropy) -> int:
    """A whole number from 0 to `of`; the bias of 32 bits is far below what a delay can show."""
    return int.from_bytes(entropy(4), "big") * (of + 1) >> 32

"""Session and link tokens: 256 random bits, of which only the SHA-256 is ever stored.

A plain hash is enough: there is nothing to guess in 256 random bits, so nothing to slow down.
"""

from hashlib import sha256

from kibitz.ids import Entropy, random_token

TOKEN_BYTES = 32
TOKEN_CHARACTERS = 43


def new_token(entropy: Entropy) -> tuple[str, bytes]:
    """A token for its owner, and the hash for us."""
    token = random_token(TOKEN_BYTES, entropy)
    return token, _hash(token)


def token_hash(token: str) -> bytes | None:
    """What is stored of `token`; None if it cannot be one of ours, which spares the lookup."""
    if len(token) != TOKEN_CHARACTERS or not token.isascii():
        return None
    return _hash(token)


def _hash(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()

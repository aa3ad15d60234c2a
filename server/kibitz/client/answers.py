"""Acknowledgements, decoded: the answer that was asked for, or the exception that it means."""

from typing import TypeVar

import msgspec
from msgspec import Struct, UnsetType

from kibitz.client.errors import ClientError, Refused
from kibitz.codes import Code
from kibitz.protocol.messages import Refused as RefusedAnswer

T = TypeVar("T")
A = TypeVar("A", bound=Struct)


def read_answer(answer: object, kind: type[A]) -> A | ClientError:
    """The answer as its type, or as the exception that it means."""
    if isinstance(answer, ClientError):
        return answer
    try:
        if isinstance(answer, dict) and answer.get("ok") is False:
            refused = msgspec.convert(answer, RefusedAnswer)
            return Refused(
                refused.code,
                refused.message,
                version=_set(refused.version),
                retry_ms=_set(refused.retry_ms),
            )
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        return Refused(Code.INTERNAL, f"the answer is not of the contract: {error}")


def _set(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value

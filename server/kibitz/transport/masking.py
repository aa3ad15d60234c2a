"""The quickest mask to be had.

aiohttp has a compiled one, several times faster than anything in Python for every size of message. It
is not part of aiohttp's public interface, so where it is missing Python's integers do the work.
"""

import importlib
from typing import cast

from kibitz.protocol.masking import Mask, mask_in_python


def _fastest() -> Mask:
    try:
        compiled = importlib.import_module("aiohttp._websocket.mask")
        return cast("Mask", compiled._websocket_mask_cython)  # noqa: SLF001 - see above
    except (ImportError, AttributeError):
        return mask_in_python


mask: Mask = _fastest()

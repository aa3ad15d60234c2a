"""What people write to each other, made harmless for every place that shows it."""

import unicodedata

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset({"\u200d"})  # joins emoji


def clean(text: str) -> str:
    """NFC, one line, without control, direction-changing or invisible characters; may come out empty."""
    normal = unicodedata.normalize("NFC", text)
    kept = (c for c in normal if c in _KEPT or c.isspace() or unicodedata.category(c) not in _REFUSED)
    return " ".join("".join(kept).split())

"""The colours of charts, in one place; those of the pages are in .streamlit/config.toml.

Colour belongs to players: seats have the players' colours, everything else is the one accent or grey.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    ink: str
    muted: str
    rule: str
    accent: str
    on_accent: str
    surface: str
    shadow: str
    seats: tuple[str, ...]


LIGHT = Palette(
    ink="#1E1B16",
    muted="#8B8371",
    rule="#DCD4C3",
    accent="#1C6B52",
    on_accent="#FFFFFF",
    surface="#FFFDF8",
    shadow="0 1px 2px rgb(30 27 22 / 8%), 0 8px 24px -12px rgb(30 27 22 / 25%)",
    seats=("#0B62B8", "#B84A00", "#00765A", "#A8437F", "#6A4FC0", "#8A6D00", "#3E6B8A", "#B3261E"),
)
DARK = Palette(
    ink="#F2EEE4",
    muted="#7A7F74",
    rule="#2C332E",
    accent="#63D3A6",
    on_accent="#05261A",
    surface="#1A1F1C",
    shadow="none",
    seats=("#6FB4FF", "#FF9A5C", "#4FD6AE", "#F29BCB", "#B7A5FF", "#E6C84A", "#9CC9E6", "#FF8F80"),
)


def palette(theme: str | None) -> Palette:
    """For Streamlit's name of a theme, `light` or `dark`."""
    return DARK if theme == "dark" else LIGHT


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with so much of `other` in it, both as `#RRGGBB`."""
    parts = [
        round(int(colour[i : i + 2], 16) * (1 - share) + int(other[i : i + 2], 16) * share) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)

"""How likely, at each turn of one random match, something other than a suggested move is."""

from msgspec import Struct


class Mood(Struct, frozen=True):
    """`pause` stands for an admin who pauses the room, `rewind` for one who sets it back."""

    forfeit: float = 0.0
    timeout: float = 0.0
    unsuggested: float = 0.0
    pause: float = 0.0
    rewind: float = 0.0


_CALM = Mood()

# Early and late: a game may be over after three turns or after three hundred.
MOODS = (
    *[_CALM] * 6,
    Mood(forfeit=0.3),
    Mood(forfeit=0.04),
    Mood(timeout=0.3),
    Mood(timeout=0.04),
    Mood(unsuggested=0.2),
    Mood(forfeit=0.02, timeout=0.02, unsuggested=0.1),
    Mood(pause=0.1, timeout=0.05, unsuggested=0.05),
    Mood(rewind=0.1, pause=0.05, timeout=0.05, unsuggested=0.02),
)

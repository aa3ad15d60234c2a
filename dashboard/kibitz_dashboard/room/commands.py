"""What an admin can do to a room, when it can be done, and what its refusals mean.

The server decides; this only keeps from offering what it would refuse.
"""

from dataclasses import dataclass

from kibitz_dashboard import words
from kibitz_dashboard.server.answers import RoomDetail


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    """As the REST has it."""
    label: str
    icon: str
    about: str
    """What it does, and what it costs those who play."""
    confirm: str
    done: str


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "pause",
            "Pause",
            ":material/pause:",
            "The clocks stand still and nobody can act, until you let it go on. The players are told; the "
            "reason goes into the journal and the audit log only.",
            "Pause the room",
            "The room is paused",
        ),
        Command(
            "resume",
            "Resume",
            ":material/play_arrow:",
            "The match goes on where it stood; the clock of whoever is to move begins to run at once.",
            "Let it go on",
            "The match goes on",
        ),
        Command(
            "rewind",
            "Rewind",
            ":material/history:",
            "The match stands again as after the version that you choose, with a new chance from there on. "
            "Nothing is erased: what came after it stays in the journal, and no longer counts.",
            "Rewind the match",
            "The match was rewound",
        ),
        Command(
            "kick",
            "Kick a seat",
            ":material/person_remove:",
            "The player gives the seat up, loses a running match by that, may watch, and cannot take a "
            "seat in this room again.",
            "Kick the player",
            "The seat is free",
        ),
        Command(
            "close",
            "Close",
            ":material/door_front:",
            "The room ends for good, and a match that is on ends without an outcome. This cannot be undone; "
            "what was played can still be replayed.",
            "Close the room for good",
            "The room is closed",
        ),
        Command(
            "release",
            "Release",
            ":material/lock_open:",
            "The room is read anew and tried again, and so are the actions that were refused in it. Should "
            "its game crash the server once more, everybody on it waits for a restart.",
            "Try it again",
            "The room is in play again",
        ),
    )
}

_OFFERED = {
    "waiting": ("kick", "close"),
    "playing": ("pause", "rewind", "kick", "close"),
    "paused": ("resume", "rewind", "kick", "close"),
    "finished": ("rewind", "kick", "close"),
    "faulted": ("release", "rewind", "close"),
}

_REFUSALS = {
    "wrong_phase": "The room is not in a state that allows it: it changed in the meantime, or somebody who "
    "had a seat then has left.",
    "room_faulted": "The room is faulted, and its game cannot be asked. Release it first.",
    "room_closed": "The room was closed in the meantime.",
    "room_busy": "The room is busy; try again in a moment.",
    "unknown_room": "There is no such room any more.",
    "not_seated": "Nobody has that seat any more.",
    "game_fault": "The game itself failed at it. What it said is shown as the room's last fault.",
    "unknown_game": "The room's game is not installed on this server.",
    "rules_changed": "The room was played by other rules than those that are installed now.",
    "unavailable": "The server cannot write just now: is the disk full? Nothing was done.",
    "rate_limited": "Too many requests; wait a minute.",
}

REASONS = {
    "crash": "its game crashed the server",
    "killed": "the server was killed in its game, twice",
    "stuck": "its game did not come back",
    "unreadable": "its events cannot be folded",
    "faults": "its game failed too often",
    "unknown_game": "its game is not installed",
    "rules_changed": "its game's rules are others now",
    "room_faulted": "its game failed while it was read",
}
_ADVICE = {
    "faults": "Rewind to a version before it failed, or release it once the game is mended.",
    "unknown_game": "Install the game (or name it in `games`), restart the server, then release the room.",
    "rules_changed": "Install the rules it was played by, restart the server, then release the room.",
    "unreadable": "Run `kibitz replay ROOM --verify`: it names the first event that does not fit.",
}
_ADVICE_ELSE = (
    "Mend or remove the game, restart the server, then release the room. Until then it harms nobody: the "
    "server does not read it."
)


def offered(detail: RoomDetail, *, has_refused_acts: bool) -> list[Command]:
    """The commands that this room's state allows, as it was a moment ago."""
    room = detail.room
    names = list(_OFFERED.get(room.status, ()))
    if detail.refusal is not None:
        names = ["release"]  # nothing else can be asked of a room that is not read
    if has_refused_acts and "release" not in names:
        names.append("release")
    if "rewind" in names and not room.match:
        names.remove("rewind")
    if "kick" in names and not any(seat.player for seat in room.seats):
        names.remove("kick")
    return [COMMANDS[name] for name in names]


def refusal(code: str, detail: str) -> str:
    """Why it was not done, in words."""
    return _REFUSALS.get(code) or f"{words.plain(detail)} ({words.plain(code)})"


def reason(why: str) -> str:
    return REASONS.get(why, why.replace("_", " "))


def advice(why: str) -> str:
    """What to do about a room that is out of play."""
    return _ADVICE.get(why, _ADVICE_ELSE)

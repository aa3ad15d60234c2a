"""What a model is: one table, the query that makes it, and the promises of its header."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Window(StrEnum):
    """What part of a table is replaced at once. A window is counted from the rows that fall into it, so
    the same events give the same rows in whatever batches and whatever order they came."""

    BATCH = "batch"  # nothing is replaced: the batch's own rows are appended
    ROOMS = "rooms"  # every row of the rooms that have new events
    HOURS = "hours"  # every row of the hours that were touched
    DAYS = "days"  # every row of the days that were touched, and of as many after as the model says
    PLAYERS = "players"  # every row of the players who have new events
    WHOLE = "whole"  # everything, when anything it reads was touched; for small tables
    CLOSED = "closed"  # everything, when a day is over, or one that is over was touched


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Check:
    text: str
    """As the header says it."""
    violation: str
    """SQL that counts violations, with `{rows}` for the rows to look at."""


@dataclass(frozen=True, slots=True)
class Touch:
    """Where one of `columns` changes in a row, the hour of `at`, before and after, is counted again."""

    at: str
    columns: tuple[str, ...]

    @property
    def is_of_events(self) -> bool:
        """Not one hour but all those in which the row's room has events."""
        return self.at == "events"


@dataclass(frozen=True, slots=True)
class Published:
    newest: int | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    about: str
    window: Window
    reach_days: int
    """How many days after a touched one may change with it."""
    grain: str
    sources: tuple[str, ...]
    published: Published | None
    columns: tuple[Column, ...]
    touches: tuple[Touch, ...]
    checks: tuple[Check, ...]
    sql: str

    @property
    def digest(self) -> str:
        """Changes with anything that changes the table's rows or columns."""
        declared = [f"{column.name} {column.type}" for column in self.columns]
        window = f"{self.window} {self.reach_days}" if self.reach_days else str(self.window)
        return sha256("\n".join([*declared, window, self.sql]).encode()).hexdigest()[:16]

    @property
    def is_staging(self) -> bool:
        return self.name.startswith("stg_")

    @property
    def key(self) -> str:
        """The column that says which window a row is in; for hours, a time within the hour."""
        match self.window:
            case Window.ROOMS:
                return "room_id"
            case Window.PLAYERS:
                return "player_id"
            case _:
                return self.columns[0].name

"""From an aggregate to its rooms: the address of the Rooms page that shows what a number counted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from kibitz_dashboard.core.filters import ALL_GAMES, BOUND, VIA, Filters
from kibitz_dashboard.core.periods import Period, Window

ROOMS, ROOM = "pages/rooms.py", "pages/room.py"
PLAYERS, PLAYER = "pages/players.py", "pages/player.py"
Query = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """A page of ours and the state to open it in."""

    page: str
    query: Query
    label: str = "Rooms"

    @property
    def within(self) -> Query:
        """For a link from one page to another: see `filters.arrive`."""
        controls = {key: value for key, value in self.query.items() if key in BOUND}
        rest = {key: value for key, value in self.query.items() if key not in BOUND}
        return rest | ({VIA: urlencode(controls, doseq=True)} if controls else {})

    def url(self) -> str:
        """Relative to the dashboard's address; for reports and for tables of links."""
        name = self.page.removeprefix("pages/").removesuffix(".py")
        return f"/{name}?{urlencode(self.query, doseq=True)}"


def rooms(filters: Filters, window: Window | None = None, /, *, label: str = "Rooms", **narrow: str) -> Link:
    """The rooms of this window (the page's own unless told), in the page's filters.

    `narrow` takes what the Rooms page knows besides: `game`, `bots`, `status`, `outcome`, `weekday`
    (1 Monday to 7) and `hour` of the day in the zone, `from_hour` (UTC), and `about`: which time of a room
    counts, `active`, `created` or `closed`.
    """
    chosen = window or filters.window
    last = chosen.to_at - timedelta(microseconds=1)
    query: Query = {
        "period": Period.CUSTOM.value,
        "days": [f"{chosen.from_at:%Y-%m-%d}", f"{last:%Y-%m-%d}"],
    }
    stays = {
        "game": filters.game or ALL_GAMES,
        "bots": filters.bots,
        "zone": filters.zone,
        **narrow,
    }
    defaults = {"game": ALL_GAMES, "bots": "all", "zone": "UTC"}
    query |= {key: value for key, value in stays.items() if value and value != defaults.get(key)}
    return Link(ROOMS, query, label)


def room(room_id: str, *, match: int | None = None, version: int | None = None) -> Link:
    """One room, at a version of a match if one is given; from there a click leads into the replay."""
    query: Query = {"room": room_id}
    if match is not None:
        query["match"] = str(match)
    if version is not None:
        query["version"] = str(version)
    return Link(ROOM, query, "Room")


def players(filters: Filters) -> Link:
    """The people of the page's own window, in its filters."""
    return replace(rooms(filters), page=PLAYERS, label="Players")


def player(player_id: str) -> Link:
    """One player: days, matches, and the way to their rooms."""
    return Link(PLAYER, {"player": player_id}, "Player")


def column_of_time(filters: Filters, point: Mapping[str, object], step: str, **narrow: str) -> Link | None:
    """The rooms of the hour or day that was clicked in a chart with time on its x axis.

    Hours stand in the chart in the reader's zone, days are UTC days.
    """
    try:
        begin = datetime.fromisoformat(str(point.get("x"))).replace(tzinfo=None)
    except ValueError:
        return None
    if step == "day":
        begin = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        return rooms(filters, Window(begin, begin + timedelta(days=1)), **narrow)
    begin = begin.replace(minute=0, second=0, microsecond=0, tzinfo=ZoneInfo(filters.zone))
    begin = begin.astimezone(UTC).replace(tzinfo=None)
    narrow |= {"from_hour": f"{begin:%H}"}
    return rooms(filters, Window(begin, begin + timedelta(hours=1)), **narrow)

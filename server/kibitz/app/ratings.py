"""The ratings beside a running server: the process that makes them, and the reading of them."""

import logging
from pathlib import Path

import apsw

from kibitz.clock import Clock
from kibitz.ids import GameName, PlayerId
from kibitz.ratings.files import NAME
from kibitz.ratings.follower import Changed, Follower
from kibitz.ratings.standings import Standings
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.room import Room
from kibitz.rooms.views.update import Update
from kibitz.sqlite_file import UnusableFile

log = logging.getLogger(__name__)


class Ratings:
    """A `RoomListener`: the end of a match wakes the process. `changed` is called on the loop."""

    def __init__(self, data: Path, clock: Clock) -> None:
        """Blocks while the file is migrated. Without one that can be used there are no standings, and that
        is all."""
        self.changed: Changed | None = None
        self.standings: Standings | None = None
        self._clock = clock
        path, journal = data / NAME, data / "journal.sqlite"
        self._follower = Follower(path, journal, self._told)
        try:
            self.standings = Standings(path)
        except UnusableFile as error:
            log.warning("there are no ratings", extra={"problem": str(error)})
        self._has_journal = journal.exists()

    def start(self) -> None:
        """Follow the journal, from where that was left."""
        if self.standings is not None and self._has_journal:
            self._follower.start()

    def age_s(self) -> float | None:
        """How long ago the ratings last looked at the journal; None where they never did, or are gone."""
        try:
            looked_us = 0 if self.standings is None else self.standings.looked_us()
        except apsw.Error:
            return None
        return (self._clock.now_us() - looked_us) / 1e6 if looked_us else None

    async def close(self) -> None:
        await self._follower.close()
        if self.standings is not None:
            self.standings.close()

    def _told(self, games: frozenset[GameName], players: frozenset[PlayerId]) -> None:
        if self.changed is not None:
            self.changed(games, players)

    # ------------------------------------------------------------ RoomListener

    def committed(self, room: Room, update: Update) -> None:
        if update.status_changed and room.status is Status.FINISHED:
            self._follower.wake()

    def presence_changed(self, room: Room) -> None:
        """Nobody is rated for being there."""

    def reloaded(self, room: Room) -> None:
        """What was not stored is not looked at."""

    def faulted(self, room: Room) -> None:
        """No result."""

    def mended(self, room: Room) -> None:
        """No result."""

    def closed(self, room: Room) -> None:
        """No result."""

"""Rooms from the journal, when somebody needs them."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from kibitz.codes import Code
from kibitz.ids import GameName
from kibitz.journal.journal import JournalError
from kibitz.journal.records import NewRoom
from kibitz.rooms.answers import Refused, refused
from kibitz.rooms.directory.heads import Head
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.guard.guard import FAULTS, Call, Doing, Stuck
from kibitz.rooms.guard.quarantine import UNREADABLE, Reported
from kibitz.rooms.ledger.recovery import load
from kibitz.rooms.room import Room
from kibitz.rooms.services.services import Services
from kibitz.rooms.views.gallery import split
from kibitz.rules import Referee

_log = logging.getLogger("kibitz.rooms")

FOLDS_KEPT = 512


class Loader:
    """Rooms of one game with the same options share their `Fold`: it holds nothing of a room."""

    def __init__(self, services: Services, referees: Mapping[GameName, Referee[Any]]) -> None:
        self._services = services
        self._referees = referees
        self._folds: dict[tuple[GameName, str, int], Fold] = {}

    def problem(self, record: NewRoom) -> Refused | None:
        """Why the room is not to be loaded, as far as that is known without doing it."""
        referee = self._referees.get(record.game)
        if referee is None:
            return refused(Code.UNKNOWN_GAME)
        if referee.game.rules_version != record.rules_version:
            return refused(Code.RULES_CHANGED)
        if self._services.quarantine.room(record.room_id) is not None:
            return refused(Code.ROOM_FAULTED)
        return None

    def load(self, head: Head) -> Room | Refused:
        """The room as the journal has it; its clock runs since when it ran before. Not opened yet.

        One that does not fold is put into quarantine; a disk that fails only refuses: `unavailable`.
        """
        record, services = head.record, self._services
        problem = self.problem(record)
        if problem is not None:
            return problem
        keep = services.config.patches_kept
        try:
            fold = self.fold(record)
            loaded = services.guard.run(
                Doing.LOAD, record.room_id, partial(load, services.journal, record, fold, keep)
            )
            if record.spectator_delay_ms:
                now_us = services.clock.now_us()
                call = partial(split, services.journal, record, fold, loaded.state, now_us)
                shown, waiting = services.guard.run(Doing.LOAD, record.room_id, call)
                loaded = replace(loaded, shown=shown, waiting=waiting)
        except JournalError:
            _log.exception("a room cannot be read", extra={"room_id": record.room_id})
            return refused(Code.UNAVAILABLE)
        except FAULTS as error:  # a game's code, on data that it may not understand any more
            _log.exception("a room cannot be folded", extra={"room_id": record.room_id})
            services.quarantine.put(
                Reported(
                    Call(Doing.LOAD, record.room_id),
                    "stuck" if isinstance(error, Stuck) else UNREADABLE,
                    services.clock.now_us(),
                    f"{type(error).__name__}: {error}"[:300],
                )
            )
            return refused(Code.ROOM_FAULTED)
        if loaded.passed_over:
            _log.warning(
                "%d recovery points were passed over",
                loaded.passed_over,
                extra={"room_id": record.room_id},
            )
        room = Room(services, record, fold, loaded)
        room.run_clock_from(head.clock_since_us)
        return room

    def fold(self, record: NewRoom) -> Fold:
        """As `fold_of`, for a room."""
        return self.fold_of(record.game, record.options, record.seats)

    def fold_of(self, game: GameName, options: str, seats: int) -> Fold:
        """`options` as JSON text. Raises `msgspec.DecodeError` for some that the game does not know, and
        what the game's code raises."""
        what = (game, options, seats)
        fold = self._folds.get(what)
        if fold is None:
            referee = self._referees[game]
            if len(self._folds) >= FOLDS_KEPT:
                self._folds.clear()
            fold = self._folds[what] = Fold(referee, referee.options(options), seats)
        return fold

    def acts_by_itself(self, head: Head) -> bool:
        """Whether something may happen in the room with nobody there: a match is about to begin, a clock
        runs, a bot is to move, time passes."""
        if head.refusal is not None:
            return False
        if head.wants_more:
            return True
        if not head.is_playing:
            return False
        referee = self._referees[head.game_name]
        if head.has_house_bots or referee.game.ticks_per_second:
            return True
        try:
            return self.fold(head.record).clock_rule is not None
        except Exception:
            return True  # loading will say what is wrong

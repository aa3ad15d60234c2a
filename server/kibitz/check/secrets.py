"""Paired worlds: what a seat is sent may not change when only what is hidden from it changes.

What is hidden cannot be read off the views: they are what is on trial. So a game that hides something
says it a second time, by `Game.twin`.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from kibitz.check.findings import CheckFailed, asked
from kibitz.check.onlookers import Onlookers, named, rendered
from kibitz.check.random_room import Step
from kibitz.ids import Seat
from kibitz.journal.records import EventKind
from kibitz.rooms.fold import clocks
from kibitz.rooms.fold.fold import Fold
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.views.views import RenderedView, Renderer, ViewerClass
from kibitz.rules import SEED_BYTES, Chance, Game, Move, Referee, State
from kibitz.rules.domains import domain
from kibitz.sync.canonical import encode
from kibitz.sync.patch import diff

Twin = Callable[[State, Seat | None, Callable[[int], int]], State | None]

_ATTEMPTS = 6
_WHOLE_LISTS = 0.2
"""In so many pairs all legal moves are compared, which may be hundreds."""
_FRAME_KEYS = ("clock", "chance")


class Secrets:
    """Over all matches of one check."""

    def __init__(self, game: Game[Any]) -> None:
        self._game = game
        self._twin: Twin | None = game.twin if type(game).twin is not Game.twin else None
        self._referee: Referee[Any] = Referee(game)
        self._attempted = [
            (each.name, payload) for each in game.actions.values() for payload in domain(each.payload) or []
        ]
        self.pairs = 0
        self.twins = 0
        self.differing = 0
        self.views_differed = False
        # By viewer: the state behind each view. Two states behind one view: something is hidden.
        self._behind: dict[ViewerClass, dict[int, int]] = {}
        self.hides = False

    def look(self, step: Step, fold: Fold, onlookers: Onlookers, rng: Random) -> None:
        """Raises `CheckFailed`."""
        if step.after.state is None:
            return
        views = {viewer: onlookers.view(step.after, viewer) for viewer in onlookers.classes}
        if len({view.json for view in views.values()}) > 1:
            self.views_differed = True
        self._hold_seeds_back(step, views)
        if self._twin is None:
            self._note_what_is_hidden(step.after, views)
        if self._twin is None and not self._game.uses_chance:
            return
        for viewer, view in views.items():
            self._pair(step.after, viewer, view, fold, rng)
        if step.event.kind is EventKind.ACTION:
            self._event(step, onlookers, fold, rng)

    def verdict(self, states: int) -> str:
        """What is known when all matches are over. Raises `CheckFailed` where nothing vouches for secrets."""
        if self._twin is not None:
            if not self.twins:
                raise CheckFailed("secrets", "`twin` never returned another state: nothing was compared")
            differing = f"{self.differing:,} of them differing in secret"
            return f"{self.pairs:,} paired worlds, {differing}: the same bytes to whom it is hidden from"
        if not self.hides:
            return f"nothing is hidden: each of {states:,} states can be told by its view"
        if self.views_differed:
            raise CheckFailed(
                "secrets",
                "seats see different views of hidden things, and no `twin` says what is hidden from whom",
            )
        return (
            "views are the same for all, but do not show the whole state; without `twin` that is not checked"
        )

    # ------------------------------------------------------------ pairs

    def _pair(
        self, room: RoomState, viewer: ViewerClass, view: RenderedView, fold: Fold, rng: Random
    ) -> None:
        state = room.state
        if state is None:
            return
        seat = None if viewer < 0 else Seat(viewer)
        other = state
        if self._twin is not None:
            other = asked("`twin`", self._twin, state, seat, rng.randrange) or state
        if type(other) is not type(state) or other.phase != state.phase:
            raise CheckFailed("secrets", "`twin` returned no state of the same phase")
        self.twins += other != state
        chance = self._referee.chance(other)
        if chance is not None and room.is_match_on:
            # The room's own record of the seeds stays, and with it the promise: it is blinded.
            seed = rng.randbytes(SEED_BYTES)
            other = msgspec.structs.replace(other, chance=Chance(seed, chance.position))
        self.pairs += 1
        if other == state:
            return
        self.differing += 1
        twin_room = replace(room, state=other)
        if room.clock is not None and room.status is Status.PLAYING:
            twin_room = replace(twin_room, clock=clocks.going_on(room.clock, self._game.to_move(other)))
        seen = rendered(Renderer(self._game, fold.options), twin_room, viewer)
        if seen.json != view.json:
            path = diff(view.value, seen.value)[0].path or "the whole view"
            raise CheckFailed(
                "secrets", f"a leak: the view of {named(viewer)} tells at {path} what is hidden from it"
            )
        if seat is not None and room.status is Status.PLAYING:
            self._attempts(state, other, seat, rng)

    def _attempts(self, state: State, other: State, seat: Seat, rng: Random) -> None:
        """What a seat is answered may not depend on what it cannot see: it could try everything out."""
        if rng.random() < _WHOLE_LISTS:
            listed = asked("`candidates` or a check", self._referee.legal_moves, state, seat)
            there = asked("`candidates` or a check", self._referee.legal_moves, other, seat)
            if listed != there:
                move = next(move for move in (*listed, *there) if (move in listed) != (move in there))
                raise CheckFailed("secrets", self._answer_tells(seat, f"{move.type} {move.args}"))
        for name, payload in rng.sample(self._attempted, min(_ATTEMPTS, len(self._attempted))):
            here = asked(f"a check of {name!r}", self._referee.judge, state, seat, name, payload)
            if here != asked(f"a check of {name!r}", self._referee.judge, other, seat, name, payload):
                raise CheckFailed(
                    "secrets", self._answer_tells(seat, f"{name} {msgspec.to_builtins(payload)}")
                )

    def _answer_tells(self, seat: Seat, move: str) -> str:
        return f"a leak: what seat {seat} is answered to {move} tells what is hidden from it"

    def _event(self, step: Step, onlookers: Onlookers, fold: Fold, rng: Random) -> None:
        """An event may not tell more than the view: the same action with another choice looks the same."""
        before, event = step.before, step.event
        if before is None or before.state is None or event.seat is None or event.type is None:
            return
        seat = event.seat
        done = Move(event.type, _args(self._referee, event.type, event.args))
        others = [
            move
            for move in self._referee.legal_moves(before.state, seat)
            if move.type == done.type and move.args != done.args
        ]
        if not others:
            return
        other = rng.choice(others)
        payload = self._referee.decode_args(other.type, encode(other.args))
        state = self._referee.apply(before.state, seat, other.type, payload)  # type: ignore[arg-type]
        renderer = Renderer(self._game, fold.options)
        for viewer in onlookers.classes:
            watching = None if viewer < 0 else Seat(viewer)
            if watching == seat or (state.phase != step.after.state.phase if step.after.state else True):
                continue
            seen = rendered(renderer, replace(step.after, state=state), viewer)
            if seen.json != onlookers.view(step.after, viewer).json:
                continue
            if self._shown(done, seat, watching) != self._shown(other, seat, watching):
                raise CheckFailed(
                    "secrets",
                    f"a leak: `event_view` of {done.type!r} tells {named(viewer)} what its view hides",
                )

    def _shown(self, move: Move, seat: Seat, viewer: Seat | None) -> bytes:
        return encode(self._game.event_view(move, seat, viewer))

    def _hold_seeds_back(self, step: Step, views: dict[ViewerClass, RenderedView]) -> None:
        """Who knows the seed of a running match knows everything."""
        if not (self._game.uses_chance and step.after.is_match_on):
            return
        for seed in step.after.seeds:
            secret = seed.hex().encode()
            for viewer, view in views.items():
                if secret in view.json:
                    raise CheckFailed("secrets", f"a leak: the view of {named(viewer)} tells the seed")

    # ------------------------------------------------------------ games that declare no secrets

    def _note_what_is_hidden(self, room: RoomState, views: dict[ViewerClass, RenderedView]) -> None:
        if self.hides:
            return
        state = room.state
        if state is not None and self._game.uses_chance:
            state = msgspec.structs.replace(state, chance=Chance(b""))  # hidden from all, and paired
        behind = hash(self._referee.encode_state(state))
        for viewer, view in views.items():
            shown = hash(encode({key: value for key, value in view.value.items() if key not in _FRAME_KEYS}))
            if self._behind.setdefault(viewer, {}).setdefault(shown, behind) != behind:
                self.hides = True
                self._behind.clear()
                return


def _args(referee: Referee[Any], name: str, text: str) -> dict[str, Any]:
    args: dict[str, Any] = msgspec.to_builtins(referee.decode_args(name, text))
    return args

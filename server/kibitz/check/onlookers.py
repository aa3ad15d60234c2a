"""What every viewer of a room is sent, step by step, compared with what it ought to be."""

from typing import Any
from zlib import crc32

import msgspec

from kibitz.check.findings import CheckFailed, Tally, asked, told
from kibitz.check.random_room import Step
from kibitz.ids import Seat
from kibitz.journal.records import Event
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.views.history import show
from kibitz.rooms.views.views import EVERYBODY, SPECTATORS, RenderedView, Renderer, ViewerClass, ViewFault
from kibitz.rules import Game, Referee
from kibitz.sync.canonical import CanonicalError, encode
from kibitz.sync.patch import PatchError, apply


class _Op(msgspec.Struct, frozen=True):
    """An operation as a client receives it."""

    op: str
    path: str
    value: Any = msgspec.UNSET


_decode_ops = msgspec.json.Decoder(list[_Op]).decode


def viewer_classes(game: Game[Any], seats: int) -> tuple[ViewerClass, ...]:
    return (*range(seats), SPECTATORS) if game.views_differ else (EVERYBODY,)


def named(viewer: ViewerClass) -> str:
    return {SPECTATORS: "a spectator", EVERYBODY: "everybody"}.get(viewer, f"seat {viewer}")


def digest(
    referee: Referee[Any],
    renderer: Renderer,
    classes: tuple[ViewerClass, ...],
    state: RoomState,
    event: Event,
) -> int:
    """The bytes of a state, of each view of it, and of what each viewer reads of its event, in one number."""
    found = 0 if state.state is None else crc32(referee.encode_state(state.state))
    for viewer in classes:
        found = crc32(renderer.view(state, viewer).json, found)
        seat = None if viewer < 0 else Seat(viewer)
        for shown in show([event], referee.game, seat, None):
            found = crc32(encode(shown.args), found)
    return found


class Onlookers:
    """All viewers of one room."""

    def __init__(self, game: Game[Any], options: object, seats: int, tally: Tally) -> None:
        self.game = game
        self.referee: Referee[Any] = Referee(game)
        self.renderer = Renderer(game, options)
        self.classes = viewer_classes(game, seats)
        self.digests: list[int] = []
        self._seats = seats
        self._tally = tally
        tally.viewers.update(self.classes)

    def see(self, step: Step) -> None:
        """Raises `CheckFailed`."""
        for viewer in self.classes:
            self._look(step, viewer)
        if not self.game.views_differ:
            self._hold_to_one_view(step.after)
        if step.after.state is not None:
            self._tally.states += 1
            self._encode_and_decode(step.after)
        self.digests.append(digest(self.referee, self.renderer, self.classes, step.after, step.event))

    def view(self, state: RoomState, viewer: ViewerClass) -> RenderedView:
        return rendered(self.renderer, state, viewer)

    def _look(self, step: Step, viewer: ViewerClass) -> None:
        new = self.view(step.after, viewer)
        seat = None if viewer < 0 else Seat(viewer)
        for shown in asked("`event_view`", show, [step.event], self.game, seat, None):
            try:
                encode(shown.args)
            except CanonicalError as error:
                problem = f"`event_view` shows {named(viewer)} what is not allowed: {error}"
                raise CheckFailed("views", problem) from error
        if step.before is None:
            return
        old = self.view(step.before, viewer)
        patch = self.renderer.patch(step.before, step.after, viewer, [step.event])
        try:
            patched = encode(apply(old.value, _decode_ops(patch.ops)))
        except (PatchError, CanonicalError, msgspec.DecodeError) as error:
            raise CheckFailed("patches", f"the patch for {named(viewer)} does not apply: {error}") from error
        self._tally.patches += 1
        if patched != new.json or crc32(patched) != patch.checksum:
            raise CheckFailed(
                "patches", f"the patch for {named(viewer)} leads to another view than the snapshot"
            )

    def _hold_to_one_view(self, state: RoomState) -> None:
        if state.state is None:
            return
        seen = encode(self.game.view(state.state, None))
        for number in range(self._seats):
            if encode(asked("`view`", self.game.view, state.state, Seat(number))) != seen:
                problem = f"seat {number} is shown another view than a spectator, but views_differ is False"
                raise CheckFailed("views", problem)

    def _encode_and_decode(self, state: RoomState) -> None:
        encoded = self.referee.encode_state(state.state)
        try:
            again = self.referee.decode_state(encoded)
        except msgspec.DecodeError as error:
            raise CheckFailed("fold", f"a state does not decode from its own bytes: {error}") from error
        if again != state.state or self.referee.encode_state(again) != encoded:
            raise CheckFailed("fold", "a state that was encoded and decoded is another one")


def rendered(renderer: Renderer, state: RoomState, viewer: ViewerClass) -> RenderedView:
    """The view, or `CheckFailed` with what is wrong with it."""
    try:
        return renderer.view(state, viewer)
    except ViewFault as fault:
        cause = fault.__cause__ or fault
        if isinstance(cause, CanonicalError):
            problem = f"the view of {named(viewer)} holds what is not allowed: {cause}"
            raise CheckFailed("views", problem) from fault
        raise CheckFailed("exceptions", f"`view` for {named(viewer)} raised {told(cause)}") from fault

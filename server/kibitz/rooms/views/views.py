"""Views as they leave the room: rendered once per version and viewer class, always committed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from kibitz.ids import Epoch, PlayerId, RoomId, Seat, Version
from kibitz.journal.records import Event
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.guard.guard import FAULTS, Doing, Guard
from kibitz.rooms.views.frame_keys import chance_key, clock_key
from kibitz.rooms.views.history import ShownEvent, show
from kibitz.rules import Game, Value
from kibitz.sync.canonical import INTEGER_MOST, check, encode, encode_unchecked, is_plain
from kibitz.sync.checksum import checksum_of
from kibitz.sync.patch import Op, diff

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_VIEW = Doing.VIEW
_NO_ROOM = RoomId("")

Viewer: TypeAlias = Seat | None
"""A seat, or None for a spectator."""

ViewerClass: TypeAlias = int
"""Viewers of one class get the same bytes. A class is a seat's number, or `SPECTATORS`, or, in
games whose view is the same for all, `EVERYBODY`."""

SPECTATORS: ViewerClass = -1
EVERYBODY: ViewerClass = -2


class RenderedView(Struct, frozen=True):
    """`json` is canonical, `checksum` its CRC-32.

    `shown` is what it was made from: the game's own objects, for the next patch to begin at.
    """

    shown: Mapping[str, Value]
    json: bytes
    checksum: int
    is_plain: bool

    @property
    def value(self) -> Mapping[str, Value]:
        """What `json` says, in plain dicts and lists; made at every call."""
        return _decode(self.json)


class RenderedPatch(Struct, frozen=True):
    """Leads the view of `base` to that of `version`, for one viewer class. Encode it as it is.

    Its fields, encoded, are those of the message `patch` but for `room`. `ops` and `events` are
    JSON text already. The events carry no `action_id`: all viewers of a class share these bytes,
    and an actor learns the version of its action from the answer to it. `clock_elapsed_ms` is how long the
    running clock had run by `at_ms`, where these events did not make it begin anew.
    """

    epoch: Epoch
    base: Version
    version: Version
    at_ms: int
    ops: Raw
    checksum: int
    events: Raw
    clock_elapsed_ms: int | UnsetType = UNSET


class Held(Struct, frozen=True):
    """What a client says that it still holds; `checksum` None where it did not say."""

    epoch: str
    version: int
    checksum: int | None = None


class CatchUp(Struct, frozen=True):
    """What a client needs to stand at the room's committed version.

    `view` is JSON text with mode `snapshot`, `patches` is given with mode `patches`, neither with
    `current`. `at_ms` is the server's time now; `clock_elapsed_ms` how long the running clock of
    the view has run until then (0 where none runs).
    """

    epoch: Epoch
    version: Version
    mode: Literal["snapshot", "patches", "current"]
    checksum: int
    at_ms: int
    clock_elapsed_ms: int
    match: int
    status: str
    view: Raw | None = None
    patches: tuple[RenderedPatch, ...] = ()


class ViewFault(Exception):
    """A game's `view` raised, or showed a value that canonical JSON does not have."""


class Renderer:
    """Views and patches of one room, each rendered once per state and viewer class."""

    def __init__(
        self,
        game: Game[Any],
        options: Any,
        *,
        room_id: RoomId = _NO_ROOM,
        guard: Guard | None = None,
        spectators_apart: bool = False,
    ) -> None:
        """`room_id` and `guard`: what a call of the game's code is noted as, and by whom.
        `spectators_apart`: they are a class of their own even where the view is the same for all."""
        self._spectators_apart = spectators_apart
        self._room_id = room_id
        self._guard = guard or Guard()
        self._game = game
        self._options = options
        # By class: the newest state rendered, and the one before, which the next patch begins at.
        self._kept: dict[ViewerClass, tuple[tuple[RoomState, RenderedView], ...]] = {}

    def viewer_class(self, viewer: Viewer) -> ViewerClass:
        if viewer is None and self._spectators_apart:
            return SPECTATORS
        if not self._game.views_differ:
            return EVERYBODY
        return SPECTATORS if viewer is None else viewer

    def forget(self) -> None:
        """Render anew what is asked for next."""
        self._kept.clear()

    def view(self, state: RoomState, viewer_class: ViewerClass) -> RenderedView:
        """Raises `ViewFault`."""
        found = self._find(state, viewer_class)
        if found is None:
            try:
                self._guard.enter(_VIEW, self._room_id)
                shown = self._shown(state, viewer_class)
                found = _rendered(shown, encode(shown))
            except FAULTS as error:
                raise _fault(state, viewer_class) from error
            finally:
                self._guard.leave()
            self._keep(state, viewer_class, found)
        return found

    def patch(
        self, before: RoomState, after: RoomState, viewer_class: ViewerClass, events: Sequence[Event]
    ) -> RenderedPatch:
        """Raises `ViewFault`."""
        old = self.view(before, viewer_class)
        new = self._find(after, viewer_class)
        try:
            self._guard.enter(_VIEW, self._room_id)
            if new is None:
                shown = self._shown(after, viewer_class)
                new = _rendered(shown, encode_unchecked(shown))
                ops = _operations(old, new)
                if new.is_plain:
                    _check_what_is_new(ops, shown["clock"])
                else:
                    check(shown)
                self._keep(after, viewer_class, new)
            else:
                ops = _operations(old, new)
            visible = show(events, self._game, None if viewer_class < 0 else Seat(viewer_class), None)
        except FAULTS as error:
            raise _fault(after, viewer_class) from error
        finally:
            self._guard.leave()
        return RenderedPatch(
            after.epoch,
            before.version,
            after.version,
            after.at_us // 1000,
            Raw(_encode(ops)),
            new.checksum,
            Raw(_encode(visible)),
        )

    def events(self, events: Iterable[Event], viewer: Viewer, player: PlayerId | None) -> list[ShownEvent]:
        """As `show`. Raises `ViewFault`."""
        try:
            self._guard.enter(_VIEW, self._room_id)
            return show(events, self._game, viewer, player)
        except FAULTS as error:
            raise ViewFault("the events beside a view") from error
        finally:
            self._guard.leave()

    def catch_up(
        self,
        state: RoomState,
        recent: Iterable[tuple[RoomState, Event]],
        viewer: Viewer,
        held: Held | None,
        *,
        at_ms: int,
        clock_elapsed_ms: int,
        status: str,
    ) -> CatchUp:
        """What leads a client that holds `held` to `state`. `recent` are the states before it that
        are still known, oldest first and with the events that led to them."""
        viewer_class = self.viewer_class(viewer)
        view = self.view(state, viewer_class)
        mode: Literal["snapshot", "patches", "current"] = "snapshot"
        patches: tuple[RenderedPatch, ...] = ()
        if held is not None and held.epoch == state.epoch:
            if held.version == state.version:
                if held.checksum is None or held.checksum == view.checksum:
                    mode = "current"
            else:
                patch = self._patch_from(held, state, recent, viewer_class)
                if patch is not None:
                    mode, patches = "patches", (patch,)
        return CatchUp(
            state.epoch,
            state.version,
            mode,
            view.checksum,
            at_ms,
            clock_elapsed_ms,
            state.match,
            status,
            Raw(view.json) if mode == "snapshot" else None,
            patches,
        )

    def _patch_from(
        self,
        held: Held,
        state: RoomState,
        recent: Iterable[tuple[RoomState, Event]],
        viewer_class: ViewerClass,
    ) -> RenderedPatch | None:
        before: RoomState | None = None
        events: list[Event] = []
        for known, event in recent:
            if before is not None:
                events.append(event)
            elif known.version == held.version:
                before = known
        if before is None:
            return None
        if held.checksum is not None and held.checksum != self.view(before, viewer_class).checksum:
            return None
        return self.patch(before, state, viewer_class, events)

    def _find(self, state: RoomState, viewer_class: ViewerClass) -> RenderedView | None:
        for known, rendered in self._kept.get(viewer_class, ()):
            if known is state:
                return rendered
        return None

    def _keep(self, state: RoomState, viewer_class: ViewerClass, rendered: RenderedView) -> None:
        kept = self._kept.get(viewer_class)
        newest = (state, rendered)
        self._kept[viewer_class] = (newest,) if kept is None else (kept[-1], newest)

    def _shown(self, state: RoomState, viewer_class: ViewerClass) -> dict[str, Value]:
        """The game's view with what the frame adds to it. Within the guard."""
        game = self._game
        if state.state is None:
            shown = dict(game.waiting_view(self._options, len(state.players)))
        else:
            shown = dict(game.view(state.state, None if viewer_class < 0 else Seat(viewer_class)))
        shown["clock"] = clock_key(state.clock)
        if game.uses_chance:
            is_over = state.state is not None and state.state.phase in game.phases.final
            shown["chance"] = chance_key(state, is_over=is_over)
        return shown


def _rendered(shown: Mapping[str, Value], encoded: bytes) -> RenderedView:
    return RenderedView(shown, encoded, checksum_of(encoded), is_plain(encoded))


def _operations(old: RenderedView, new: RenderedView) -> list[Op]:
    if old.json == new.json:
        return []
    return diff(old.shown, new.shown, is_plain=old.is_plain and new.is_plain)


def _check_what_is_new(ops: Sequence[Op], clock: Value) -> None:
    """The rest of the view is as it was, and was looked at then; `clock` is the frame's own."""
    for op in ops:
        value = op.value
        if type(value) is int and -INTEGER_MOST <= value <= INTEGER_MOST:
            continue
        if value is not None and value is not clock and value is not UNSET:
            check(value, op.path)


def _fault(state: RoomState, viewer_class: ViewerClass) -> ViewFault:
    return ViewFault(f"the view of version {state.version} for class {viewer_class}")

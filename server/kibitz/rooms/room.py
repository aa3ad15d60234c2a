"""One room: its single writer, and everything that may be asked of it.

Handling an action is one plain synchronous call: validate, apply, append. The room holds two
states. `applied` is what the next action is judged by; `committed` is what is in the journal, and
the only one that anything outside this module can see.
"""

from collections.abc import Mapping, Sequence

from kibitz.ids import Epoch, GameName, JoinCode, PlayerId, RoomId, Seat, Version
from kibitz.rooms.answers import ActAnswer, ActLike, DoneAnswer, JoinAnswer, JoinAs
from kibitz.rooms.history import ShownEvent
from kibitz.rooms.lifecycle import Status
from kibitz.rooms.presence import Presence
from kibitz.rooms.views import CatchUp, Held, RenderedView, Viewer, ViewerClass
from kibitz.rules import Value


class Room:
    """Made by `Directory` only. All methods are called on the event loop."""

    room_id: RoomId
    code: JoinCode
    epoch: Epoch
    game_name: GameName
    rules_version: int
    is_private: bool
    host: PlayerId
    created_us: int
    options: Mapping[str, Value]
    presence: Presence

    # ------------------------------------------------------------ what is committed

    @property
    def version(self) -> Version:
        raise NotImplementedError

    @property
    def status(self) -> Status:
        raise NotImplementedError

    @property
    def match(self) -> int:
        """Number of the current or last match; 0 before the first."""
        raise NotImplementedError

    @property
    def players(self) -> tuple[PlayerId | None, ...]:
        """Who has each seat."""
        raise NotImplementedError

    @property
    def last_event_us(self) -> int:
        raise NotImplementedError

    @property
    def clock_elapsed_ms(self) -> int:
        """How long the running clock of the committed view has run; 0 where none runs."""
        raise NotImplementedError

    def seat_of(self, player: PlayerId) -> Seat | None:
        raise NotImplementedError

    def viewer_class(self, viewer: Viewer) -> ViewerClass:
        raise NotImplementedError

    def view(self, viewer: Viewer) -> RenderedView:
        """The game's view with the frame's `clock`; kept per version and viewer class."""
        raise NotImplementedError

    def catch_up(self, viewer: Viewer, held: Held | None) -> CatchUp:
        """What a client that holds `held` needs. A wrong checksum at the right version, another
        epoch, an unknown or too old version: a snapshot."""
        raise NotImplementedError

    def events_after(
        self, after: Version, limit: int, viewer: Viewer, player: PlayerId | None
    ) -> Sequence[ShownEvent]:
        """At most `limit` committed events above `after`, as `viewer` may see them; `player` is
        given the ids of its own actions."""
        raise NotImplementedError

    # ------------------------------------------------------------ what players do

    def join(
        self, player: PlayerId, as_: JoinAs | None, seat: Seat | None, held: Held | None, answer: JoinAnswer
    ) -> None:
        """Take part. A player's own seat is kept; without `as_` a free seat is taken if there is
        one, else the player watches. As PLAYER: `seat_taken`, `room_full`. Taking a seat is an
        event, so its answer waits for the commit; all others are given before this returns.
        """
        raise NotImplementedError

    def act(self, player: PlayerId, act: ActLike, answer: ActAnswer) -> None:
        """One action. `answer` gets Accepted after the commit, or Refused (at once, or with
        `unavailable` when the commit failed). A refusal has no effect. The same id with the same
        content gets the first answer's version again."""
        raise NotImplementedError

    def leave(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Give the seat up; in a running match, give the match up with it. A spectator's leaving is
        answered at once."""
        raise NotImplementedError

    def rematch(self, player: PlayerId, answer: DoneAnswer) -> None:
        """Want one more match; it starts when every seat does. Wanting it twice is the same."""
        raise NotImplementedError

"""The client's side of a room: what is confirmed, what is only hoped for, and what to ask next.

One algorithm, in Python here and in TypeScript in the players' client; `tests/cases/sync` holds the
two together. It does no I/O: each input returns what to do.

- The confirmed view changes only by what the server sent, and only if its checksum is right.
- A patch applies if its `base` is my version. Older ones are dropped (late or twice); any other gap,
  a wrong checksum or another epoch asks for a `resync`, one at a time.
- An own action is pending from the click on. It is shown on top of the confirmed view as far as the
  game can predict it, and goes when its version is confirmed, or when it is refused.
- After a lost connection pending actions are sent again, under their ids, in their order: the server
  answers the ones it has with the answer they had.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from kibitz.sync.canonical import CanonicalError, Value
from kibitz.sync.checksum import checksum
from kibitz.sync.patch import OpLike, PatchError, apply

Predict: TypeAlias = Callable[[Value, "int | None", str, Value], "Value | None"]
"""`(view, seat, type, args)` to the view after that action, or None where the game cannot say."""


class ShownLike(Protocol):
    @property
    def action_id(self) -> str | None: ...


class PatchLike(Protocol):
    """The message `patch`."""

    @property
    def epoch(self) -> str: ...
    @property
    def base(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def ops(self) -> Sequence[OpLike]: ...
    @property
    def checksum(self) -> int: ...
    @property
    def events(self) -> Sequence[ShownLike]: ...


class SnapshotLike(Protocol):
    """The message `snapshot`."""

    @property
    def epoch(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def view(self) -> Value: ...
    @property
    def checksum(self) -> int: ...


class JoinedLike(Protocol):
    """The answer to `join` and `resync`."""

    @property
    def seat(self) -> int | None: ...
    @property
    def epoch(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def mode(self) -> str: ...
    @property
    def checksum(self) -> int: ...
    @property
    def view(self) -> Value | UnsetType: ...
    @property
    def patches(self) -> Sequence[PatchLike] | UnsetType: ...


class SendAct(Struct, frozen=True, tag_field="do", tag="act"):
    """Send this action; tell `acted` or `refused` what the answer was."""

    epoch: str
    id: str
    base: int
    type: str
    args: Value


class SendResync(Struct, frozen=True, tag_field="do", tag="resync"):
    """Ask for the room's state; give the answer to `joined`."""

    epoch: str
    version: int
    checksum: int


class RolledBack(Struct, frozen=True, tag_field="do", tag="rolled_back"):
    """An action that was shown is gone. Say why: `message` is for the player."""

    id: str
    code: str
    message: str


class Incident(Struct, frozen=True, tag_field="do", tag="incident"):
    """The confirmed view did not become what the server says. `kind`: `checksum` or `patch`."""

    kind: str
    version: int


Output: TypeAlias = SendAct | SendResync | RolledBack | Incident


class Pending(Struct):
    """An own action on its way. `version` once the server accepted it."""

    id: str
    type: str
    args: Value
    epoch: str
    base: int
    is_sent: bool = False
    version: int | None = None


class Held(Struct, frozen=True):
    """What to name in the next `join`, so that the server sends only what is missing."""

    epoch: str
    version: int
    checksum: int


EPOCH_CHANGED_MESSAGE = "The room's history was changed; this move is not part of it any more."


class Replica:
    """One room as one client holds it. Not joined, nothing confirmed, at first."""

    def __init__(self, predict: Predict | None = None) -> None:
        self._predict = predict
        self.epoch: str | None = None
        self.version = 0
        self.view: Value = None
        self.checksum = 0
        self.seat: int | None = None
        self.is_joined = False
        self.is_resyncing = False
        self.pending: list[Pending] = []
        # Epochs never come back. What still arrives of one that was left is late, and says nothing.
        self._left: set[str] = set()

    @property
    def held(self) -> Held | None:
        """None before anything was confirmed."""
        return None if self.epoch is None else Held(self.epoch, self.version, self.checksum)

    @property
    def shown(self) -> Value:
        """The confirmed view with every pending action on top that the game can predict there."""
        view = self.view
        if self._predict is not None:
            for action in self.pending:
                predicted = self._predict(view, self.seat, action.type, action.args)
                if predicted is not None:
                    view = predicted
        return view

    # ------------------------------------------------------------ from the server

    def joined(self, answer: JoinedLike) -> list[Output]:
        """The answer to a `join` or a `resync` came."""
        self.is_resyncing = False
        self.is_joined = True
        self.seat = answer.seat
        out: list[Output] = []
        if answer.mode == "snapshot" and answer.view is not UNSET:
            self._adopt(answer.epoch, answer.version, answer.view, answer.checksum, out)
        elif answer.mode == "patches" and answer.patches is not UNSET and answer.epoch == self.epoch:
            for patch in answer.patches:
                self._patch(patch, out)
        elif not (
            answer.mode == "current"
            and answer.epoch == self.epoch
            and (answer.version < self.version or answer.checksum == self.checksum)
        ):
            self._ask(out)
        self._send_unsent(out)
        return out

    def patch(self, patch: PatchLike) -> list[Output]:
        """A `patch` came. Before the answer to `join` it is ignored: that answer includes it."""
        out: list[Output] = []
        if self.is_joined:
            self._patch(patch, out)
        return out

    def snapshot(self, snapshot: SnapshotLike) -> list[Output]:
        """A `snapshot` came, because no patch leads from what was there to what is now."""
        out: list[Output] = []
        if self.is_joined:
            self._adopt(snapshot.epoch, snapshot.version, snapshot.view, snapshot.checksum, out)
        return out

    def acted(self, action_id: str, version: int) -> list[Output]:
        """The action is committed as `version`; it stays pending until that is confirmed here."""
        for action in self.pending:
            if action.id == action_id:
                action.version = version
        self._drop_confirmed()
        return []

    def refused(self, action_id: str, code: str, message: str) -> list[Output]:
        """The action was not carried out. Unknown ids are ignored (answered twice, or too late)."""
        out: list[Output] = []
        for action in self.pending:
            if action.id == action_id:
                self.pending.remove(action)
                out.append(RolledBack(action_id, code, message))
                if code == "epoch_changed" and action.epoch == self.epoch:
                    self._ask(out)
                break
        return out

    def lost(self) -> list[Output]:
        """The connection went. What is pending may or may not have arrived; it is kept."""
        self.is_joined = False
        self.is_resyncing = False
        self._left.clear()  # a server that was restored from a copy may have gone back to one
        for action in self.pending:
            action.is_sent = False
        return []

    # ------------------------------------------------------------ from the player

    def act(self, action_id: str, action_type: str, args: Value) -> list[Output]:
        """The player does something. Without a connection it waits for the next `joined`.

        Raises `RuntimeError` before anything was ever confirmed: there is nothing to act on.
        """
        if self.epoch is None:
            raise RuntimeError("act before the first answer to join")
        self.pending.append(Pending(action_id, action_type, args, self.epoch, self.version))
        out: list[Output] = []
        if self.is_joined:
            self._send_unsent(out)
        return out

    # ------------------------------------------------------------ inside

    def _patch(self, patch: PatchLike, out: list[Output]) -> None:
        if patch.epoch != self.epoch:
            if patch.epoch not in self._left:
                self._ask(out)
            return
        if patch.version <= self.version:
            return
        if patch.base != self.version:
            self._ask(out)
            return
        try:
            view = apply(self.view, patch.ops)
            found = checksum(view)
        except (PatchError, CanonicalError):
            out.append(Incident("patch", patch.version))
            self._ask(out)
            return
        if found != patch.checksum:
            out.append(Incident("checksum", patch.version))
            self._ask(out)
            return
        self.view, self.version, self.checksum = view, patch.version, found
        confirmed = {event.action_id for event in patch.events if event.action_id is not None}
        if confirmed:
            self.pending = [action for action in self.pending if action.id not in confirmed]
        self._drop_confirmed()

    def _adopt(self, epoch: str, version: int, view: Value, stated: int, out: list[Output]) -> None:
        if epoch in self._left or (epoch == self.epoch and version < self.version):
            return
        try:
            found = checksum(view)
        except CanonicalError:
            found = -1
        if found != stated:
            out.append(Incident("checksum", version))
            self._ask(out)
            return
        if self.epoch is not None and self.epoch != epoch:
            self._left.add(self.epoch)
        self.epoch, self.version, self.view, self.checksum = epoch, version, view, found
        self._drop_confirmed()
        gone = [action for action in self.pending if action.epoch != epoch]
        self.pending = [action for action in self.pending if action.epoch == epoch]
        out.extend(RolledBack(action.id, "epoch_changed", EPOCH_CHANGED_MESSAGE) for action in gone)

    def _drop_confirmed(self) -> None:
        self.pending = [
            action
            for action in self.pending
            if action.version is None or action.version > self.version or action.epoch != self.epoch
        ]

    def _ask(self, out: list[Output]) -> None:
        if not self.is_resyncing:
            self.is_resyncing = True
            out.append(SendResync(self.epoch or "", self.version, self.checksum))

    def _send_unsent(self, out: list[Output]) -> None:
        for action in self.pending:
            if not action.is_sent and action.version is None:
                action.is_sent = True
                out.append(SendAct(action.epoch, action.id, action.base, action.type, action.args))

"""Connections, seats and graces."""

from typing import Any

from kibitz.ids import PlayerId, Seat, SocketId, Version
from kibitz.rooms.fold.lifecycle import Status
from kibitz.rooms.fold.state import RoomState
from kibitz.rooms.presence import Presence

ANN, BEN, BOT, EVE = PlayerId("p_ann"), PlayerId("p_ben"), PlayerId("b_house.bot"), PlayerId("p_eve")
S0 = Seat(0)


class Watched:
    def __init__(self, *players: PlayerId | None) -> None:
        self.state = RoomState(Version(4), 0, Status.PLAYING, players, (False,) * len(players))
        self.changes = 0
        self.graces: list[tuple[Seat, bool]] = []
        self.presence = Presence(lambda: self.state, self._changed, self._grace)

    def _changed(self) -> None:
        self.changes += 1

    def _grace(self, seat: Seat, begins: bool) -> None:
        self.graces.append((seat, begins))

    def statuses(self) -> list[str]:
        return [seat.status for seat in self.presence.seats()]


def test_the_newest_tab_has_the_seat() -> None:
    watched = Watched(ANN, BEN)
    presence = watched.presence
    assert presence.attach(SocketId("a1"), ANN, S0, "websocket") is None
    assert presence.attach(SocketId("a2"), ANN, S0, "polling") == "a1"
    assert presence.spectators == 1
    assert presence.seats()[0].transport == "polling"
    presence.detach(SocketId("a2"))
    assert watched.statuses()[0] == "connected"  # the other tab is still there, watching
    presence.detach(SocketId("a1"))
    assert watched.statuses()[0] == "reconnecting"
    assert presence.is_empty


def test_coming_back_in_time_ends_the_grace() -> None:
    watched = Watched(ANN, BEN)
    watched.presence.attach(SocketId("a1"), ANN, S0, "websocket")
    watched.presence.detach(SocketId("a1"))
    watched.presence.attach(SocketId("a2"), ANN, S0, "websocket")
    assert watched.graces == [(S0, True), (S0, False)]
    assert watched.statuses()[0] == "connected"
    watched.presence.grace_over(S0)  # an old timer changes nothing
    assert watched.statuses()[0] == "connected"


def test_not_coming_back_in_time() -> None:
    watched = Watched(ANN, BEN)
    watched.presence.attach(SocketId("a1"), ANN, S0, "websocket")
    watched.presence.detach(SocketId("a1"))
    before = watched.changes
    watched.presence.grace_over(S0)
    assert watched.statuses()[0] == "disconnected"
    assert watched.changes == before + 1


def test_bots_are_always_there_and_free_seats_never() -> None:
    watched = Watched(BOT, None)
    bot, free = watched.presence.seats()
    assert (bot.status, bot.is_bot, free.status, free.player) == ("connected", True, "disconnected", None)
    watched.presence.await_players()
    assert watched.graces == []


def test_measurements_are_told_when_they_change() -> None:
    watched = Watched(ANN, BEN)
    watched.presence.attach(SocketId("a1"), ANN, S0, "polling")
    before = watched.changes
    for _ in range(2):
        watched.presence.measured(SocketId("a1"), latency_ms=23, transport="websocket")
    watched.presence.measured(SocketId("nobody"), latency_ms=1, transport="websocket")
    assert watched.changes == before + 1
    seat = watched.presence.seats()[0]
    assert (seat.latency_ms, seat.transport) == (23, "websocket")


def test_a_freed_seats_connection_watches() -> None:
    watched = Watched(ANN, BEN)
    watched.presence.attach(SocketId("a1"), ANN, S0, "websocket")
    watched.state = RoomState(Version(5), 0, Status.FINISHED, (None, BEN), (False, False))
    watched.presence.seat_freed(S0)
    assert watched.presence.spectators == 1


def test_a_spectator_comes_and_goes() -> None:
    watched = Watched(ANN, BEN)
    watched.presence.attach(SocketId("e1"), EVE, None, "websocket")
    assert watched.presence.spectators == 1
    watched.presence.detach(SocketId("e1"))
    watched.presence.detach(SocketId("e1"))
    assert (watched.presence.spectators, watched.graces) == (0, [])


def test_wishes_for_a_rematch_are_shown() -> None:
    watched = Watched(ANN, BEN)
    watched.state = RoomState(Version(9), 0, Status.FINISHED, (ANN, BEN), (False, True))
    shown: Any = [seat.wants_rematch for seat in watched.presence.seats()]
    assert shown == [False, True]


def test_who_watches_is_named_once_and_only_without_a_seat() -> None:
    presence = Watched(ANN, BEN).presence
    cy, dee = PlayerId("p_cy"), PlayerId("p_dee")
    presence.attach(SocketId("a1"), ANN, S0, "websocket")
    presence.attach(SocketId("a2"), ANN, None, "websocket")
    for socket, player in (("c1", cy), ("d1", dee), ("c2", cy)):
        presence.attach(SocketId(socket), player, None, "websocket")
    assert presence.spectators == 4
    assert presence.watching(24) == [cy, dee]
    assert presence.watching(1) == [cy]
    presence.detach(SocketId("c1"))
    assert presence.watching(24) == [dee, cy]

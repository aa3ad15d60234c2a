"""Who was lost a moment ago, and is back."""

from kibitz.ids import PlayerId
from kibitz.play.losses import GRACE_US, Losses
from kibitz.transport.reasons import DisconnectReason
from support.manual_clock import ManualClock

ANN, BEN, CY = PlayerId("p_ann"), PlayerId("p_ben"), PlayerId("p_cy")


def test_only_the_lost_are_expected_back_and_not_for_ever() -> None:
    clock = ManualClock()
    losses = Losses(clock)
    losses.lost(ANN, DisconnectReason.PING_TIMEOUT)
    losses.lost(BEN, DisconnectReason.CLIENT_NAMESPACE)
    clock.advance(GRACE_US // 2)
    losses.lost(CY, DisconnectReason.TRANSPORT_CLOSE)
    assert len(losses) == 2
    assert not losses.is_back(BEN)
    assert losses.is_back(ANN)
    assert not losses.is_back(ANN)
    clock.advance(GRACE_US // 2)
    losses.lost(ANN, DisconnectReason.TRANSPORT_CLOSE)
    clock.advance(GRACE_US // 2)
    assert not losses.is_back(CY)
    assert losses.is_back(ANN)
    assert len(losses) == 0


def test_a_second_loss_begins_anew() -> None:
    clock = ManualClock()
    losses = Losses(clock)
    losses.lost(ANN, DisconnectReason.TRANSPORT_CLOSE)
    clock.advance(GRACE_US - 1)
    losses.lost(ANN, DisconnectReason.TRANSPORT_CLOSE)
    clock.advance(GRACE_US - 1)
    assert losses.is_back(ANN)

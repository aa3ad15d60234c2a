"""What the server knows of the ETL."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kibitz.app.etl_state import EtlState
from support.manual_clock import ManualClock


def write(data: Path, content: object) -> None:
    folder = data / "warehouse"
    folder.mkdir(exist_ok=True)
    (folder / "current.json").write_text(content if isinstance(content, str) else json.dumps(content))


def test_lag_age_and_state_come_from_the_pointer(tmp_path: Path) -> None:
    clock = ManualClock()
    checked = datetime.fromtimestamp(clock.now_us() / 1e6, UTC).replace(tzinfo=None).isoformat() + "Z"
    write(tmp_path, {"watermark_seq": 90, "checked_at": checked, "state": "failed"})
    clock.advance(7_500_000)
    state = EtlState(tmp_path, clock)
    assert state.lag_events(100) == 10
    assert state.lag_events(80) == 0
    assert state.age_s() == pytest.approx(7.5)
    assert state.states() == {"ok": 0, "waiting": 0, "failed": 1}


@pytest.mark.parametrize("content", [None, "", "no json", [1], {}, {"watermark_seq": "x", "checked_at": 5}])
def test_what_cannot_be_read_is_not_known(tmp_path: Path, content: object) -> None:
    if content is not None:
        write(tmp_path, content)
    state = EtlState(tmp_path, ManualClock())
    assert (state.lag_events(100), state.age_s(), state.states()) == (None, None, {})

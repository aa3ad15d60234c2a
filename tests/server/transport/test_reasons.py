"""docs/protocol.md names what the transport says."""

import re
from pathlib import Path

import pytest

from kibitz.transport.config import KIBITZ_PROFILE, SOCKETIO_PROFILE, TransportConfig
from kibitz.transport.engine import EngineError
from kibitz.transport.reasons import DisconnectReason

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
TRANSPORT = PAGE.partition("## Transport")[2].partition("\n## ")[0]


@pytest.mark.parametrize("reason", list(DisconnectReason))
def test_every_reason_is_documented(reason: DisconnectReason) -> None:
    assert f"`{reason}`" in TRANSPORT


@pytest.mark.parametrize("code", list(EngineError))
def test_every_error_is_documented(code: EngineError) -> None:
    assert re.search(rf"^\| {code.value} \| \d+ \|", TRANSPORT, re.MULTILINE)


@pytest.mark.parametrize(("profile", "column"), [(SOCKETIO_PROFILE, 0), (KIBITZ_PROFILE, 1)])
def test_limits_are_those_of_the_profiles(profile: TransportConfig, column: int) -> None:
    limits = profile.limits
    rows = {
        "one websocket message": f"{limits.max_payload_bytes:,} B",
        "one packet with": f"{limits.packet_bytes_max:,} B",
        "attachments of": f"{limits.attachments_max}",
        "arrays and objects": f"{limits.json_depth_max}",
        "packets in a POST": f"{limits.payload_packets_max:,}",
        "namespaces of": f"{limits.namespaces_max}",
        "name of a namespace": f"{limits.namespace_chars_max} characters",
        "ping interval": f"{profile.ping_interval_ms // 1000} s, {profile.ping_timeout_ms // 1000} s",
        "connect timeout": f"{profile.connect_timeout_ms // 1000} s",
        "TCP connections": f"{profile.connections_max:,}, {profile.sessions_max:,}",
    }
    for start, value in rows.items():
        (row,) = re.findall(rf"^\| {start}[^|]*\| ([^|]*) \| ([^|]*) \|$", TRANSPORT, re.MULTILINE)
        assert row[column] == value, start

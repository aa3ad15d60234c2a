"""The process's own figures are plausible."""

import os
import time

from kibitz.app import process_readings


def test_a_busy_process_takes_time() -> None:
    share = process_readings.CpuShare()
    until = time.process_time() + 0.02
    while time.process_time() < until:
        pass
    assert share.percent() > 1
    assert process_readings.rss_bytes() > 5_000_000


def test_descriptors_are_counted() -> None:
    before = process_readings.descriptors()
    pipes = [os.pipe() for _ in range(10)]
    try:
        assert process_readings.descriptors() == before + 20
    finally:
        for pipe in pipes:
            for end in pipe:
                os.close(end)

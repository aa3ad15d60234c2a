"""Counts the faults that are logged, by the part that logs them."""

import logging

from kibitz.metrics.names import ERRORS
from kibitz.metrics.registry import Metrics

EXCEPTION = "exception"


class ErrorCounts(logging.Handler):
    """Belongs to the root logger. Writes nothing."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.ERROR)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name == "kibitz" or record.name.startswith("kibitz.")
        self._metrics.count(ERRORS, EXCEPTION, record.name if ours else "other")

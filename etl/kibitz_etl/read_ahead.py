"""Reads the journal's next batch while the last one is being loaded: the two take turns on no lock.

Only while catching up: behind a batch that was not full there is nothing to read.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from kibitz_etl.extract import Journal


class ReadAhead:
    """Batches of one journal, in order; one of them ahead of who asks."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._ahead: tuple[int, int, Future[pa.Table]] | None = None

    def read_after(self, seq: int, limit: int) -> pa.Table:
        """Up to `limit` events after position `seq`. Raises as `Journal.read_after` does."""
        ahead, self._ahead = self._ahead, None
        batch = (
            ahead[2].result()
            if ahead is not None and ahead[:2] == (seq, limit)
            else self._journal.read_after(seq, limit)
        )
        if batch.num_rows == limit:
            last = int(batch["id"][limit - 1].as_py())
            self._ahead = (last, limit, self._thread.submit(self._journal.read_after, last, limit))
        return batch

    def close(self) -> None:
        """Waits for the read that is under way."""
        self._thread.shutdown()

"""Entries in a file of the data directory: more than memory should hold, and kept over a restart.

SQLite without its safety: the file may be lost or torn at any time, and is made anew then. It is not the disk
storage of cashews, which stands on diskcache: that is not kept up any more and stores pickles.
"""

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from kibitz.http.cache.entry import CacheEntry

log = logging.getLogger(__name__)

_FORM = 1
"""Of the file; another one is thrown away."""
_DECODE = msgspec.msgpack.Decoder(CacheEntry).decode


class LocalStorage:
    """A `Storage`."""

    is_shared = False

    def __init__(self, path: Path, bytes_max: int) -> None:
        self._path = path
        self._bytes_max = bytes_max
        self._connection: apsw.Connection | None = None
        self.held_bytes = 0

    async def open(self) -> None:
        for _ in range(2):
            try:
                self._connection = self._opened()
                held: list[Any] = self._connection.execute("SELECT sum(size) FROM entries").fetchall()
                self.held_bytes = held[0][0] or 0
            except (apsw.Error, OSError) as error:
                self._fail("the cache's file is made anew", error)
                for suffix in ("", "-journal", "-wal", "-shm"):
                    with contextlib.suppress(OSError):
                        self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            else:
                return

    def _opened(self) -> apsw.Connection:
        self._path.touch(mode=0o600)
        connection = apsw.Connection(str(self._path))
        try:
            connection.pragma("journal_mode", "off")
            connection.pragma("synchronous", "off")
            connection.pragma("locking_mode", "exclusive")
            if connection.pragma("user_version") != _FORM:
                connection.execute("DROP TABLE IF EXISTS entries")
                connection.execute(
                    "CREATE TABLE entries (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
                    " size INTEGER NOT NULL, entry BLOB)"
                )
                connection.pragma("user_version", _FORM)
        except BaseException:
            connection.close()
            raise
        return connection

    async def get(self, key: str) -> CacheEntry | None:
        if self._connection is None:
            return None
        try:
            rows: list[Any] = self._connection.execute(
                "SELECT entry FROM entries WHERE key = ?", (key,)
            ).fetchall()
            return _DECODE(rows[0][0]) if rows else None
        except (apsw.Error, msgspec.DecodeError) as error:
            self._fail("the cache's file cannot be read", error)
            return None

    async def put(self, entry: CacheEntry, ttl_ms: int) -> None:
        if self._connection is None or entry.size_bytes > self._bytes_max // 4:
            return
        blob = msgspec.msgpack.encode(entry)
        try:
            self._forget("key = ?", entry.key)
            self._connection.execute(
                "INSERT INTO entries (key, size, entry) VALUES (?, ?, ?)", (entry.key, len(blob), blob)
            )
            self.held_bytes += len(blob)
            if self.held_bytes > self._bytes_max:  # a tenth at once, the oldest first
                self._forget(
                    "number IN (SELECT number FROM entries ORDER BY number"
                    " LIMIT 1 + (SELECT count(*) / 10 FROM entries))"
                )
        except apsw.Error as error:
            self._fail("the cache's file cannot be written", error)

    def _forget(self, which: str, *values: str) -> None:
        if self._connection is not None:
            statement = f"DELETE FROM entries WHERE {which} RETURNING size"  # noqa: S608  # our own words
            gone: list[Any] = self._connection.execute(statement, values).fetchall()
            self.held_bytes -= sum(size for (size,) in gone)

    async def drop(self, tags: Sequence[str]) -> None:
        """Their stamps say so; what is untrue goes as it ages, or when it is made anew."""

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _fail(self, what: str, error: Exception) -> None:
        log.warning(what, extra={"problem": str(error)})
        if self._connection is not None:
            with contextlib.suppress(apsw.Error):
                self._connection.close()
            self._connection = None

"""The journal and its archive as one: what was pruned is read from the archive, all else from the journal."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kibitz_etl.archive.manifest import NAME, Manifest, Segment, read_manifest
from kibitz_etl.errors import SourceUnreadable
from kibitz_etl.extract import BATCH_ROWS, EPOCH, Journal, Position
from kibitz_etl.sources import JOURNAL


class WholeJournal(Journal):
    """As `Journal`, where nothing was ever pruned. Also raises `BadArchive`."""

    def __init__(self, path: Path, archive: Path) -> None:
        super().__init__(path)
        self._archive = archive
        self._seen: tuple[int, Manifest] = (0, Manifest())
        self._lacking: Manifest | None = None
        """Of what this one lists the journal lacks something, and will for ever."""

    def read_after(self, seq: int, limit: int = BATCH_ROWS) -> pa.Table:
        manifest = self._manifest()
        if seq >= manifest.last_seq:
            return super().read_after(seq, limit)
        if manifest is not self._lacking:
            # Judged by the very rows that were read: it may be pruned at any moment, and to count all
            # that is archived for each batch would take longer than to read it.
            table = super().read_after(seq, limit)
            if self._is_all(table, seq, limit, manifest):
                return table
            self._lacking = manifest
        found, count = [], 0
        for segment in manifest.segments:
            if segment.last_seq > seq and count < limit:
                part = self._table(segment, seq).slice(0, limit - count)
                found.append(_as_read(part))
                count += part.num_rows
        # A short batch would be taken for the last one.
        if count < limit:
            found.append(super().read_after(manifest.last_seq, limit - count))
        return pa.concat_tables(found)

    def first_seq(self) -> int:
        manifest = self._manifest()
        return manifest.segments[0].first_seq if manifest.segments else super().first_seq()

    def at(self, seq: int) -> Position | None:
        """Of what was archived only each segment's last event is known."""
        found = super().at(seq)
        if found is not None:
            return found
        for segment in self._manifest().segments:
            if segment.last_seq == seq:
                return Position(seq, segment.last_room_id, segment.last_version)
        return None

    def days(self, last_seq: int, apart: Collection[int], *, after: int = 0) -> dict[date, int]:
        manifest = self._manifest()
        if after >= manifest.last_seq or last_seq < manifest.last_seq or not self.was_pruned(manifest):
            return super().days(last_seq, apart, after=after)
        if after:
            more = Counter(self.days(last_seq, apart))
            more.subtract(self._archived_days(after))
            return {day: n for day, n in more.items() if n}
        behind = [seq for seq in apart if seq > manifest.last_seq]
        counts = Counter(super().days(last_seq, behind))
        counts.subtract(super().days(manifest.last_seq, ()))
        for segment in manifest.segments:
            counts.update({date.fromisoformat(day): n for day, n in segment.days.items()})
        for day in self._days_of([seq for seq in apart if seq <= manifest.last_seq], manifest):
            counts[day] -= 1
            counts[EPOCH] += 1
        return {day: n for day, n in counts.items() if n}

    def _archived_days(self, last_seq: int) -> Counter[date]:
        """How many events each day has up to a position within the archive."""
        counts: Counter[date] = Counter()
        manifest = self._manifest()
        for segment in manifest.segments:
            if segment.last_seq <= last_seq:
                counts.update({date.fromisoformat(day): n for day, n in segment.days.items()})
            elif segment.first_seq <= last_seq:
                counts.update(self._days_of(range(segment.first_seq, last_seq + 1), manifest))
        return counts

    def _manifest(self) -> Manifest:
        """Read anew where it was replaced."""
        try:
            changed = (self._archive / NAME).stat().st_mtime_ns
        except FileNotFoundError:
            return Manifest()
        if changed != self._seen[0]:
            self._seen = (changed, read_manifest(self._archive))
        return self._seen[1]

    def _is_all(self, table: pa.Table, seq: int, limit: int, manifest: Manifest) -> bool:
        """Whether these rows of the journal, read after `seq`, are all that was archived from there on."""
        if any(s.events.rows != s.last_seq - s.first_seq + 1 for s in manifest.segments):
            return not self.was_pruned(manifest)  # positions were left out: they tell nothing
        is_full = table.num_rows == limit and limit > 0
        up_to = min(manifest.last_seq, table["id"][-1].as_py()) if is_full else manifest.last_seq
        archived = sum(
            max(0, min(up_to, segment.last_seq) - max(seq, segment.first_seq - 1))
            for segment in manifest.segments
        )
        return int(pc.sum(pc.less_equal(table["id"], up_to)).as_py() or 0) == archived

    def was_pruned(self, manifest: Manifest) -> bool:
        """Whether the journal lacks any of what is archived."""
        archived = sum(segment.events.rows for segment in manifest.segments)
        kept = self._number(f"select count(*) from events_v1 where id <= {manifest.last_seq:d}")  # noqa: S608  # a number
        return kept < archived

    def _table(self, segment: Segment, after: int) -> pa.Table:
        path = self._archive / segment.events.name
        try:
            return pq.read_table(path, filters=[("id", ">", after)])
        except (OSError, pa.ArrowException) as error:
            raise SourceUnreadable(f"{path} cannot be read: {error}") from error

    def _days_of(self, wanted: Collection[int], manifest: Manifest) -> Iterator[date]:
        for segment in manifest.segments:
            here = [seq for seq in wanted if segment.first_seq <= seq <= segment.last_seq]
            if here:
                path = self._archive / segment.events.name
                found = pq.read_table(path, columns=["at_us"], filters=[("id", "in", here)])
                for at_us in found["at_us"].to_pylist():
                    yield date.fromordinal(EPOCH.toordinal() + max(0, min(at_us // 86_400_000_000, 47_846)))


def _as_read(table: pa.Table) -> pa.Table:
    """As the journal's rows are handed over: nulls as the values that stand for them (`sources`)."""
    columns = []
    for field in JOURNAL.schema:
        column = table[field.name].cast(field.type)
        if field.name == "args":
            is_read = pc.and_(pc.not_equal(table["kind"], "action"), pc.not_equal(column, "{}"))
            column = pc.if_else(is_read, column, "")
        missing = "" if field.name in JOURNAL.texts else -1 if field.name in JOURNAL.nullable_numbers else 0
        columns.append(pc.fill_null(column, missing))
    return pa.table(columns, schema=JOURNAL.schema)

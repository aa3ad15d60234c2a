"""What the journal counted. Written by its threads, read by the metrics; plain integers, no lock."""

from dataclasses import dataclass

from kibitz.journal.groups import Group
from kibitz.journal.journal import CommitFailure


@dataclass(slots=True)
class JournalStats:
    commits: int = 0
    rows: int = 0
    """Events stored."""
    conflicts: int = 0
    """Events refused for good."""
    unavailable: int = 0
    """Events refused because the disk was full or another process held the file."""
    bisections: int = 0
    commit_us_sum: int = 0
    commit_us_max: int = 0
    snapshot_failures: int = 0
    checkpoints: int = 0
    checkpoint_failures: int = 0
    wal_pages: int = 0
    """Pages in the write-ahead log at the last checkpoint; a page is 4096 bytes."""

    def committed(self, group: Group, took_us: int) -> None:
        self.commits += 1
        self.rows += len(group.appends) - len(group.failures)
        for failure in group.failures.values():
            if failure is CommitFailure.CONFLICT:
                self.conflicts += 1
            else:
                self.unavailable += 1
        self.commit_us_sum += took_us
        self.commit_us_max = max(self.commit_us_max, took_us)

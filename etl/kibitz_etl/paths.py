"""Where the ETL finds and leaves its files, all below the data directory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    data: Path

    @property
    def journal(self) -> Path:
        return self.data / "journal.sqlite"

    @property
    def telemetry(self) -> Path:
        return self.data / "telemetry.sqlite"

    @property
    def demo(self) -> Path:
        """There where `kibitz demo` made the data."""
        return self.data / "DEMO"

    @property
    def ledger(self) -> Path:
        return self.data / "etl.sqlite"

    @property
    def lock(self) -> Path:
        return self.data / "etl.lock"

    @property
    def archive(self) -> Path:
        """Closed days of the journal, as Parquet."""
        return self.data / "archive"

    @property
    def reports(self) -> Path:
        """A folder for each report and period."""
        return self.data / "reports"

    @property
    def warehouse_dir(self) -> Path:
        return self.data / "warehouse"

    @property
    def warehouse(self) -> Path:
        return self.warehouse_dir / "warehouse.duckdb"

    @property
    def pointer(self) -> Path:
        """Names the newest mart; replaced atomically."""
        return self.warehouse_dir / "current.json"

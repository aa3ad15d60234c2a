"""What runs on a data directory, and what it left behind: processes, crashes, the ETL's lag, backups."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import msgspec

from kibitz.app.datadir import LOCK_NAME
from kibitz.app.etl_state import EtlState
from kibitz.clock import Clock
from kibitz.operating.doctor.findings import Finding, Level
from kibitz.operating.files import JOURNAL
from kibitz.operating.locks import ETL_LOCK, holder_of
from kibitz.operating.manifest import NAME
from kibitz.operating.restore import is_interrupted
from kibitz.sqlite_file import UnusableFile, connect

LAG_EVENTS, LAG_S = 100_000, 120.0
BACKUP_DAYS = 7


def look_at_processes(data: Path) -> Iterator[Finding]:
    for name, what in ((LOCK_NAME, "server"), (ETL_LOCK, "ETL")):
        holder = holder_of(data / name)
        told = f"No {what} runs here." if holder is None else f"It runs here, as process {holder}."
        yield Finding("process", Level.OK, what, told)
    if is_interrupted(data):
        yield Finding(
            "restore",
            Level.ERROR,
            str(data),
            "A restore was cut off.",
            f"finish it: kibitz restore --data {data}",
        )


def look_at_crashes(data: Path) -> Iterator[Finding]:
    if (data / "crash.txt").is_file() and (data / "crash.txt").stat().st_size:
        told = "The server ended by a crash, and was not started since."
        yield Finding(
            "crash", Level.WARNING, "crash.txt", told, "start the server, which logs and removes it"
        )
    try:
        held = msgspec.json.decode((data / "quarantine.json").read_bytes())
    except FileNotFoundError:
        return
    except (OSError, msgspec.DecodeError) as error:
        told = f"It cannot be read: {error}."
        yield Finding("quarantine", Level.WARNING, "quarantine.json", told, "move it away, then start again")
        return
    kept = held if isinstance(held, dict) else {}
    count = sum(len(kept.get(key) or ()) for key in ("rooms", "acts"))
    if count:
        yield Finding(
            "quarantine",
            Level.WARNING,
            "quarantine.json",
            f"{count} rooms or acts are kept from running, because they ended the server.",
            "look at the page Live of the dashboard, mend the game, then release them there",
        )


def look_at_etl(data: Path, clock: Clock) -> Iterator[Finding]:
    """How far it is behind, where it ever ran."""
    state = EtlState(data, clock)
    states = state.states()
    if not states:
        yield Finding("etl", Level.NOTICE, "ETL", "It has not published anything yet.", "kibitz etl")
        return
    if states.get("failed"):
        told = "Its last tick failed."
        remedy = "see its log or the page Health; kibitz etl --once says why"
        yield Finding("etl", Level.ERROR, "ETL", told, remedy)
    lag, age_s = state.lag_events(_newest(data)), state.age_s()
    is_running = holder_of(data / ETL_LOCK) is not None
    if is_running and age_s is not None and age_s > LAG_S:
        told = f"It last looked for new events {age_s:,.0f} s ago, though it runs."
        yield Finding("etl", Level.WARNING, "ETL", told, "see its log; end it, and kibitz up starts it again")
    elif lag is not None and lag > LAG_EVENTS:
        told = f"It is {lag:,} events behind."
        yield Finding("etl", Level.WARNING, "ETL", told, "kibitz etl --once, and see how it gets on")
    else:
        yield Finding("etl", Level.OK, "ETL", f"{lag or 0:,} events behind.")


def look_at_backups(data: Path, now_us: int) -> Iterator[Finding]:
    """The newest in the usual place; whoever keeps them elsewhere knows better."""
    found = sorted((data / "backups").glob(f"*/{NAME}"), key=lambda path: path.stat().st_mtime)
    if not found:
        told = f"There is no backup in {data / 'backups'}."
        remedy = "kibitz backup, every day and onto another disk; never mind if yours are elsewhere"
        yield Finding("backup", Level.NOTICE, "backups", told, remedy)
        return
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    days = (now_us / 1e6 - made.timestamp()) / 86_400
    told = f"The newest is of {made:%Y-%m-%d %H:%M} UTC."
    if days > BACKUP_DAYS:
        yield Finding("backup", Level.WARNING, "backups", told, "kibitz backup")
    else:
        yield Finding("backup", Level.OK, "backups", told)


def _newest(data: Path) -> int:
    try:
        with closing(connect(data / JOURNAL, read_only=True)) as connection:
            rows = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchall()
    except (apsw.Error, UnusableFile):
        return 0
    return int(rows[0][0])  # type: ignore[arg-type]  # a position

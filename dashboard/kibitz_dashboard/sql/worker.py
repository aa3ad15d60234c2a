"""`python -m kibitz_dashboard.sql.worker`: one SELECT on one mart, in a process that cannot do more.

Some calls cost gigabytes or minutes before DuckDB looks at its own limits (`repeat` does), so the system's
limits stand around them: what goes too far ends with this process, and the dashboard never notices.
Reads a question (JSON) from stdin, writes an answer (Arrow stream, behind a line of JSON) to stdout.
"""

import io
import json
import resource
import sys
from dataclasses import asdict, dataclass

if __name__ == "__main__":  # Arrow can do without, and loading it takes longer than most questions
    sys.modules["numpy"] = None  # type: ignore[assignment]

import duckdb
import pyarrow as pa

ROWS_MAX = 10_000
BYTES_MAX = 32 * 1024 * 1024
"""Of the rows, as Arrow holds them."""
MEMORY_MAX_MB = 256
TIME_MAX_MS = 5_000
ADDRESS_SPACE_MAX = 3 * 1024**3
"""Of the whole process; DuckDB reserves much more than it uses."""
BATCH_ROWS = 500
ALLOWED = {"SELECT", "EXPLAIN"}


@dataclass(frozen=True, slots=True)
class Answer:
    ok: bool
    message: str = ""
    """Why it was refused or failed: a sentence for whoever asked."""
    is_cut: bool = False
    """There were more rows than these."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_MAX_MS // 1000 * 2, TIME_MAX_MS // 1000 * 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    question = json.load(sys.stdin)
    try:
        rows, is_cut = ask(question["mart"], question["sql"])
        answer, content = Answer(ok=True, is_cut=is_cut), _stream(rows)
    except Refused as refused:
        answer, content = Answer(ok=False, message=str(refused)), b""
    except duckdb.Error as error:
        answer, content = Answer(ok=False, message=str(error).strip()), b""
    except MemoryError:
        answer, content = Answer(ok=False, message="It needs too much memory."), b""
    sys.stdout.buffer.write(json.dumps(asdict(answer)).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


class Refused(Exception):
    """What was asked is not one reading statement; the text says so."""


def ask(mart: str, sql: str) -> tuple[pa.Table, bool]:
    """The first rows, and whether there are more. Raises `Refused` and `duckdb.Error`."""
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        raise Refused(f"One statement at a time, please; these are {len(statements)}.")
    kind = statements[0].type.name
    if kind not in ALLOWED:
        raise Refused(f"Only SELECT and EXPLAIN are run here, and this is {kind}: a mart is read-only.")
    con = duckdb.connect(mart, read_only=True, config={"threads": "1"})
    for setting in (
        "set timezone = 'UTC'",
        f"set memory_limit = '{MEMORY_MAX_MB}MB'",
        "set temp_directory = ''",
        f"set max_execution_time = {TIME_MAX_MS}",
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set allow_community_extensions = false",
        "set enable_external_access = false",
        "set lock_configuration = true",
    ):
        con.execute(setting)
    reader = con.execute(statements[0]).to_arrow_reader(BATCH_ROWS)
    return _first(reader)


def _first(reader: pa.RecordBatchReader) -> tuple[pa.Table, bool]:
    kept: list[pa.RecordBatch] = []
    n_rows, n_bytes = 0, 0
    for batch in reader:
        room = ROWS_MAX - n_rows
        if room <= 0 or n_bytes + batch.nbytes > BYTES_MAX:
            if not kept and batch.num_rows:
                raise Refused(f"A row of this answer is larger than {BYTES_MAX // 1024**2} MB.")
            return pa.Table.from_batches(kept, reader.schema), True
        kept.append(batch.slice(0, room))
        n_rows += kept[-1].num_rows
        n_bytes += kept[-1].nbytes
        if batch.num_rows > room:
            return pa.Table.from_batches(kept, reader.schema), True
    return pa.Table.from_batches(kept, reader.schema), False


def _stream(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, rows.schema) as writer:
        writer.write_table(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())

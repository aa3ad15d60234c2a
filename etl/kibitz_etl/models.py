"""Reads the models: one SQL file, one table, with a header that the runner enforces.

A header is the run of `--` lines on top of the file:

    -- agg_match_hour: what the table is, in a sentence or two.
    -- window: batch | rooms | hours      what is replaced at once when events arrive
    -- grain: one row per …
    -- source: tables it reads, by name
    -- published: all | the N rooms that changed last, by COLUMN     (left out: stays in the warehouse)
    -- columns:
    --   name type: meaning, with its unit
    -- checks:
    --   not null a, b | unique a, b | accepted a in (…) | always <condition>

The columns listed are the columns made, in that order and of these types; there is no second place
where a table is declared.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import re
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from kibitz_etl.errors import BadModel

FIRST_SOURCE = "journal_batch"
"""What the loader hands to the staging model: the rows just read from `events_v1`."""


class Window(StrEnum):
    """What part of a table is replaced when a batch arrives."""

    BATCH = "batch"  # the batch's own rows are appended
    ROOMS = "rooms"  # every row of the rooms that have new events
    HOURS = "hours"  # every row of the hours in which those rooms have events


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Check:
    text: str
    """As the header says it."""
    violation: str
    """SQL that counts violations, with `{rows}` for the rows to look at."""


@dataclass(frozen=True, slots=True)
class Published:
    newest: int | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    about: str
    window: Window
    grain: str
    sources: tuple[str, ...]
    published: Published | None
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    sql: str

    @property
    def digest(self) -> str:
        """Changes with anything that changes the table's rows or columns."""
        declared = [f"{column.name} {column.type}" for column in self.columns]
        return sha256("\n".join([*declared, self.window, self.sql]).encode()).hexdigest()[:16]

    @property
    def is_staging(self) -> bool:
        return self.name.startswith("stg_")


_TITLE = re.compile(r"(?P<name>[a-z][a-z0-9_]*): (?P<about>.+)")
_KEY = re.compile(r"(?P<key>window|grain|source|published|columns|checks):\s*(?P<value>.*)")
_COLUMN = re.compile(r"(?P<name>[a-z][a-z0-9_]*) (?P<type>[a-z]+(?:\[\])?): (?P<meaning>.+)")
_NEWEST = re.compile(r"the (?P<newest>\d+) [a-z ]+, by (?P<by>[a-z][a-z0-9_]*)")
_READS = re.compile(r"\b(?:from|join)\s+([a-z][a-z0-9_]*)\b(?!\s*\.)")
_CTE = re.compile(r"\b([a-z][a-z0-9_]*)\s+as\s+\(")
_RUNNER_TABLES = frozenset({"touched_rooms", "touched_hours"})


def parse_model(file_name: str, text: str) -> Model:
    """Raises `BadModel`, naming the file, for a header that is incomplete or untrue."""
    try:
        return _parse(file_name, text)
    except BadModel as bad:
        raise BadModel(f"{file_name}: {bad}") from None


def _parse(file_name: str, text: str) -> Model:
    lines = text.splitlines()
    n_header = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = [line[2:].removeprefix(" ").rstrip() for line in lines[:n_header]]
    sql = "\n".join(lines[n_header:]).strip()
    title = _TITLE.fullmatch(header[0]) if header else None
    if title is None:
        raise BadModel("the first line must be '-- table_name: what it is'")
    if f"{title['name']}.sql" != file_name:
        raise BadModel(f"the file must be named after its table, {title['name']}.sql")

    about, values, blocks = [title["about"]], dict[str, str](), dict[str, list[str]]()
    block = None
    for line in header[1:]:
        key = _KEY.fullmatch(line)
        if key is not None:
            block = blocks.setdefault(key["key"], [])
            values[key["key"]] = key["value"]
        elif line and block is not None:
            block.append(line.strip())
        elif line:
            about.append(line)
    for required in ("window", "grain", "source"):
        if not values.get(required):
            raise BadModel(f"the header does not say '{required}'")
    for required in ("columns", "checks"):
        if not blocks.get(required):
            raise BadModel(f"the header lists no {required}")
    if values["window"] not in set(Window):
        raise BadModel(f"unknown window '{values['window']}'")

    sources = tuple(name.strip() for name in values["source"].split(","))
    bare_sql = re.sub(r"--[^\n]*", "", sql)
    reads = set(_READS.findall(bare_sql)) - set(_CTE.findall(bare_sql)) - _RUNNER_TABLES
    if reads != set(sources):
        raise BadModel(f"the header names the sources {sorted(sources)}, the query reads {sorted(reads)}")
    return Model(
        name=title["name"],
        about=" ".join(about),
        window=Window(values["window"]),
        grain=values["grain"],
        sources=sources,
        published=_published(values["published"]) if "published" in values else None,
        columns=tuple(_column(line) for line in blocks["columns"]),
        checks=tuple(_check(line) for line in blocks["checks"]),
        sql=sql,
    )


def _column(line: str) -> Column:
    match = _COLUMN.fullmatch(line)
    if match is None:
        raise BadModel(f"'{line}' is not 'name type: meaning'")
    return Column(match["name"], match["type"], match["meaning"])


def _published(value: str) -> Published:
    if value == "all":
        return Published(newest=None, by=None)
    match = _NEWEST.fullmatch(value)
    if match is None:
        raise BadModel(f"published must be 'all' or 'the N rows that …, by COLUMN', not '{value}'")
    return Published(newest=int(match["newest"]), by=match["by"])


def _check(line: str) -> Check:
    """The SQL of a check; `{rows}` stands for the rows to look at."""
    if line.startswith("not null "):
        nulls = " or ".join(f"{name.strip()} is null" for name in line[9:].split(","))
        return Check(line, f"select count(*) from {{rows}} where {nulls}")
    if line.startswith("unique "):
        return Check(
            line, f"select count(*) from (select 1 from {{rows}} group by {line[7:]} having count(*) > 1)"
        )
    if line.startswith("accepted "):
        return Check(line, f"select count(*) from {{rows}} where not ({line[9:]})")
    if line.startswith("always "):
        return Check(line, f"select count(*) from {{rows}} where not coalesce({line[7:]}, false)")
    raise BadModel(f"unknown check '{line}'")


def load_models(root: Traversable | None = None) -> tuple[Model, ...]:
    """Every model, each after the ones it reads. Raises `BadModel`."""
    root = root if root is not None else files("kibitz_etl") / "models"
    found = [
        parse_model(file.name, file.read_text("utf-8"))
        for folder in root.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
    by_name = {model.name: model for model in sorted(found, key=lambda model: model.name)}
    if len(by_name) != len(found):
        raise BadModel("two model files have the same name")
    for model in by_name.values():
        for source in model.sources:
            if source not in by_name and source != FIRST_SOURCE:
                raise BadModel(f"{model.name}.sql: nothing makes its source '{source}'")
    graph = {name: [s for s in model.sources if s in by_name] for name, model in by_name.items()}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        raise BadModel(f"the models read each other in a circle: {cycle.args[1]}") from None

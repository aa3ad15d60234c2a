"""Reads the header of a model file.

A header is the run of `--` lines on top of the file:

    -- agg_match_hour: what the table is, in a sentence or two.
    -- window: batch | rooms | hours | days | players | whole | closed      what is replaced at once
    -- grain: one row per …
    -- source: tables it reads, by name
    -- published: all | the N rooms that changed last, by COLUMN     (left out: stays in the warehouse)
    -- columns:
    --   name type: meaning, with its unit
    -- touches:
    --   time_column: columns      (a row in which one of these changes has its hour counted again)
    -- checks:
    --   not null a, b | unique a, b | accepted a in (…) | always <condition>

The columns listed are the columns made, in that order and of these types; there is no second place
where a table is declared. `docs/data-dictionary.md` says what each window means.
"""

# ruff: noqa: S608  (table and column names come from the package's own model files)

import re
from collections.abc import Sequence

from kibitz_etl.errors import BadModel
from kibitz_etl.model import Check, Column, Model, Published, Touch, Window

_TITLE = re.compile(r"(?P<name>[a-z][a-z0-9_]*): (?P<about>.+)")
_KEY = re.compile(r"(?P<key>window|grain|source|published|columns|touches|checks):\s*(?P<value>.*)")
_WINDOW = re.compile(r"(?P<window>[a-z]+)(?:, and the (?P<reach>\d+) after each)?")
_COLUMN = re.compile(r"(?P<name>[a-z][a-z0-9_]*) (?P<type>[a-z]+(?:\[\])?): (?P<meaning>.+)")
_TOUCH = re.compile(r"(?P<at>[a-z][a-z0-9_]*): (?P<columns>[a-z][a-z0-9_, ]*)")
_NEWEST = re.compile(r"the (?P<newest>\d+) [a-z ]+, by (?P<by>[a-z][a-z0-9_]*)")
_READS = re.compile(r"\b(?:from|join)\s+([a-z][a-z0-9_]*)\b(?!\s*\.)")
_CTE = re.compile(r"\b([a-z][a-z0-9_]*)\s+as\s+\(")
_FUNCTION_WITH_FROM = re.compile(r"\bis (?:not )?distinct from\s+[a-z_.]+")
_RUNNER_TABLES = frozenset({"touched_rooms", "touched_players"})


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
    more, values, blocks = _sections(header[1:])
    for required in ("window", "grain", "source"):
        if not values.get(required):
            raise BadModel(f"the header does not say '{required}'")
    for required in ("columns", "checks"):
        if not blocks.get(required):
            raise BadModel(f"the header lists no {required}")
    window = _WINDOW.fullmatch(values["window"])
    if window is None or window["window"] not in set(Window):
        raise BadModel(f"unknown window '{values['window']}'")
    columns = tuple(_column(line) for line in blocks["columns"])
    return Model(
        name=title["name"],
        about=" ".join([title["about"], *more]),
        window=Window(window["window"]),
        reach_days=int(window["reach"] or 0),
        grain=values["grain"],
        sources=_sources(values["source"], sql),
        published=_published(values["published"]) if "published" in values else None,
        columns=columns,
        touches=tuple(_touch(line, columns) for line in blocks.get("touches", [])),
        checks=tuple(_check(line) for line in blocks["checks"]),
        sql=sql,
    )


def _sections(header: Sequence[str]) -> tuple[list[str], dict[str, str], dict[str, list[str]]]:
    """The further lines about the table; the value behind each key; the lines below each key."""
    more, values, blocks = list[str](), dict[str, str](), dict[str, list[str]]()
    block = None
    for line in header:
        key = _KEY.fullmatch(line)
        if key is not None:
            block = blocks.setdefault(key["key"], [])
            values[key["key"]] = key["value"]
        elif line and block is not None:
            block.append(line.strip())
        elif line:
            more.append(line)
    return more, values, blocks


def _sources(value: str, sql: str) -> tuple[str, ...]:
    sources = tuple(name.strip() for name in value.split(","))
    bare_sql = _FUNCTION_WITH_FROM.sub("", re.sub(r"--[^\n]*", "", sql))
    reads = set(_READS.findall(bare_sql)) - set(_CTE.findall(bare_sql)) - _RUNNER_TABLES
    if reads != set(sources):
        raise BadModel(f"the header names the sources {sorted(sources)}, the query reads {sorted(reads)}")
    return sources


def _column(line: str) -> Column:
    match = _COLUMN.fullmatch(line)
    if match is None:
        raise BadModel(f"'{line}' is not 'name type: meaning'")
    return Column(match["name"], match["type"], match["meaning"])


def _touch(line: str, columns: Sequence[Column]) -> Touch:
    match = _TOUCH.fullmatch(line)
    if match is None:
        raise BadModel(f"'{line}' is not 'time_column: columns'")
    touch = Touch(match["at"], tuple(name.strip() for name in match["columns"].split(",")))
    known = {column.name for column in columns}
    for name in (*touch.columns, *(() if touch.is_of_events else (touch.at,))):
        if name not in known:
            raise BadModel(f"'{line}' names no column of the table: {name}")
    return touch


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

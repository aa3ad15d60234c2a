"""The columns of the archive's files: those of the journal's published views, as they are."""

import pyarrow as pa
import pyarrow.compute as pc

EVENTS = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("room_id", pa.string(), nullable=False),
        pa.field("game", pa.string(), nullable=False),
        pa.field("version", pa.int64(), nullable=False),
        pa.field("epoch", pa.string(), nullable=False),
        pa.field("at_us", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("seat", pa.int64()),
        pa.field("player_id", pa.string()),
        pa.field("is_bot", pa.int64()),
        pa.field("action_id", pa.string()),
        pa.field("type", pa.string()),
        pa.field("args", pa.string(), nullable=False),
        pa.field("handled_us", pa.int64(), nullable=False),
        pa.field("spent_ms", pa.int64()),
        pa.field("match", pa.int64()),
        pa.field("phase_from", pa.string()),
        pa.field("phase_to", pa.string()),
        pa.field("outcome", pa.string()),
        pa.field("schema_version", pa.int64(), nullable=False),
        pa.field("seats", pa.int64(), nullable=False),
        pa.field("is_private", pa.int64(), nullable=False),
    ]
)
"""Of `events_v1`."""

ROOMS = pa.schema(
    [
        pa.field("room_id", pa.string(), nullable=False),
        pa.field("game", pa.string(), nullable=False),
        pa.field("rules_version", pa.int64(), nullable=False),
        pa.field("seats", pa.int64(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("is_private", pa.int64(), nullable=False),
        pa.field("options", pa.string(), nullable=False),
        pa.field("epoch", pa.string(), nullable=False),
        pa.field("host_player_id", pa.string(), nullable=False),
        pa.field("created_us", pa.int64(), nullable=False),
        pa.field("spectator_delay_ms", pa.int64(), nullable=False),
        pa.field("is_quick", pa.int64(), nullable=False),
    ]
)
"""Of `rooms_v1`."""

# ADBC takes a column's type from its first rows, so that nulls have to travel as something else.
NO_TEXT, NO_NUMBER = "\x01", -(2**62)


def selected(schema: pa.Schema) -> str:
    """The select list, with every null as a value that no row has."""
    parts = []
    for field in schema:
        kind, missing = ("text", "char(1)") if field.type == pa.string() else ("integer", str(NO_NUMBER))
        cast = f"cast({field.name} as {kind})"
        parts.append(
            f"coalesce({cast}, {missing}) as {field.name}" if field.nullable else f"{cast} as {field.name}"
        )
    return ", ".join(parts)


def restored(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """What was read with `selected`, as the journal has it."""
    columns = []
    for field in schema:
        column = table[field.name].cast(field.type)
        if field.nullable:
            missing = NO_TEXT if field.type == pa.string() else NO_NUMBER
            column = pc.if_else(pc.equal(column, missing), pa.scalar(None, field.type), column)
        columns.append(column)
    return pa.table(columns, schema=schema)

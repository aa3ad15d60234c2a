#!/usr/bin/env python3
"""Write the client's message types from `kibitz.protocol.messages`; `--check` only compares.

The output is committed, so that building the client needs no Python, and a test runs `--check`.
"""

import argparse
import enum
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "server/web/src/protocol.gen.ts"

sys.path.insert(0, str(ROOT / "server"))

import msgspec.inspect as mi  # noqa: E402
from msgspec import UNSET  # noqa: E402
from msgspec.structs import fields  # noqa: E402

from kibitz.codes import MEANINGS, Advice, NoticeCode  # noqa: E402
from kibitz.ids import JOIN_CODE_ALPHABET, JOIN_CODE_LENGTH  # noqa: E402
from kibitz.protocol import messages  # noqa: E402

HEAD = """\
// Made by scripts/generate_messages.py from server/kibitz/protocol/messages.py and codes.py. Do not edit.

/** A value of canonical JSON: integers only, within 2^53; objects with ASCII keys. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
"""


def ts(kind: mi.Type) -> str:
    """The TypeScript of a field's type; structs are referred to by name."""
    match kind:
        case mi.Metadata(type=inner):
            return ts(inner)
        case mi.NoneType():
            return "null"
        case mi.BoolType():
            return "boolean"
        case mi.IntType() | mi.FloatType():
            return "number"
        case mi.BytesType():
            return "Uint8Array"
        case mi.StrType():
            return "string"
        case mi.LiteralType(values=values):
            return " | ".join(json.dumps(value) for value in values)
        case mi.EnumType(cls=cls):
            return " | ".join(json.dumps(member.value) for member in cls)
        case mi.UnionType(types=types):
            return " | ".join(ts(part) for part in types)
        case mi.ListType(item_type=item):
            inner = ts(item)
            return f"readonly ({inner})[]" if "|" in inner or " " in inner else f"readonly {inner}[]"
        case mi.TupleType(item_types=items):
            return f"readonly [{', '.join(ts(item) for item in items)}]"
        case mi.DictType(value_type=value):
            return f"{{ readonly [key: string]: {ts(value)} }}"
        case mi.StructType(cls=cls):
            return cls.__name__
        case mi.AnyType() | mi.RawType():
            return "Json"
    raise SystemExit(f"generate_messages: no TypeScript for {kind!r}; add a case")


def structs_within(kind: Any) -> list[type]:
    """Structs that a field's type mentions, so that they are written, too."""
    if isinstance(kind, mi.StructType):
        return [kind.cls]
    found: list[type] = []
    for name in getattr(kind, "__struct_fields__", ()):
        value = getattr(kind, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, mi.Type):
                found += structs_within(part)
    return found


def comment(doc: str | None, indent: str = "") -> str:
    if not doc or doc.startswith("Struct("):
        return ""
    lines = [line.strip() for line in doc.strip().splitlines()]
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def interface(cls: type) -> str:
    info = mi.type_info(cls)
    if not isinstance(info, mi.StructType):
        raise SystemExit(f"generate_messages: {cls.__name__} is no struct")
    out = comment(cls.__doc__) + f"export interface {cls.__name__} {{\n"
    is_sent = cls in {asked for asked, _ in messages.CLIENT_EVENTS.values()} | {messages.FeatureUse}
    # `inspect` hides UNSET; the struct's own fields show it.
    left_out = {field.name: field.default is UNSET for field in fields(cls)}
    for field in info.fields:
        kind = field.type
        has_unset = left_out[field.name]
        # A default of a server message is always sent; only clients may leave one out.
        optional = has_unset or (is_sent and not field.required)
        out += f"  readonly {field.encode_name}{'?' if optional else ''}: {ts(kind)};\n"
    return out + "}\n"


def generate() -> str:
    roots = [part for pair in messages.CLIENT_EVENTS.values() for part in pair]
    roots += [messages.Refused, *messages.SERVER_EVENTS.values()]
    order: list[type] = []
    queue = list(roots)
    while queue:
        cls = queue.pop(0)
        if cls in order:
            continue
        order.append(cls)
        info = mi.type_info(cls)
        if isinstance(info, mi.StructType):
            queue += [inner for field in info.fields for inner in structs_within(field.type)]
    parts = [HEAD, *(interface(cls) for cls in order)]
    client = "".join(
        f'  "{name}": {{ payload: {asked.__name__}; answer: {answer.__name__} }};\n'
        for name, (asked, answer) in messages.CLIENT_EVENTS.items()
    )
    parts.append(f"export interface ClientEvents {{\n{client}}}\n")
    server = "".join(f'  "{name}": {cls.__name__};\n' for name, cls in messages.SERVER_EVENTS.items())
    parts.append(f"export interface ServerEvents {{\n{server}}}\n")
    parts.append(literals("NoticeCode", NoticeCode))
    retried = json.dumps([code.value for code, meaning in MEANINGS.items() if meaning.advice is Advice.RETRY])
    parts.append(
        "/** Refusals after which the same may be asked again; others mean stop or ask for the state. */\n"
        f"export const RETRIED: readonly string[] = {retried};\n"
    )
    parts.append(
        "/** Told in the answer to CONNECT; with a higher one the server has no use for this client. */\n"
        f"export const PROTOCOL = {messages.PROTOCOL};\n"
    )
    parts.append(
        f'export const JOIN_CODE_ALPHABET = "{JOIN_CODE_ALPHABET}";\n'
        f"export const JOIN_CODE_LENGTH = {JOIN_CODE_LENGTH};\n"
    )
    return "\n".join(parts)


def literals(name: str, kind: type[enum.StrEnum]) -> str:
    return f"export type {name} = {' | '.join(json.dumps(member.value) for member in kind)};\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is committed; change nothing")
    asked = parser.parse_args()
    text = generate()
    if not asked.check:
        OUTPUT.write_text(text, encoding="utf-8")
        return 0
    if OUTPUT.is_file() and OUTPUT.read_text(encoding="utf-8") == text:
        return 0
    print(
        f"{OUTPUT.relative_to(ROOT)} is not what the messages say: run scripts/generate_messages.py",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())

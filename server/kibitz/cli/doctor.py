"""`kibitz doctor`: what is wrong with a data directory or its machine, and what to do about it."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kibitz.cli import UsageError
from kibitz.cli.data_option import add_data_option, settings_of
from kibitz.cli.lean import without_analytics

if TYPE_CHECKING:
    from kibitz.operating.doctor.findings import Finding

FORMAT = "kibitz-doctor/1"


def doctor(arguments: list[str], env: Mapping[str, str]) -> int:
    """Exit code 0: nothing has to be done; 3: warnings; 1: something is broken."""
    parser = argparse.ArgumentParser(
        prog="kibitz doctor",
        description="Look a data directory and its machine over. Changes nothing; a server may be running.",
        allow_abbrev=False,
    )
    add_data_option(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document, for programs")
    parser.add_argument("--quick", action="store_true", help="do not read every page of every database")
    given = parser.parse_args(arguments)
    data = settings_of(given, env).data
    if not data.is_dir():
        raise UsageError(f"there is no data directory at {data}: name it with --data.")

    without_analytics()
    from kibitz.clock import SystemClock
    from kibitz.operating.doctor.examination import examine
    from kibitz.operating.doctor.findings import exit_code

    findings = examine(data, SystemClock(), is_quick=given.quick)
    code = exit_code(findings)
    print(_document(data, findings, code) if given.json else _page(findings))
    return code


def _document(data: Path, findings: "list[Finding]", code: int) -> str:
    import msgspec

    told = [
        {**msgspec.structs.asdict(each), "level": each.level.name.lower()}  # a word, for whoever reads it
        for each in findings
    ]
    document = {"format": FORMAT, "data": str(data), "exit_code": code, "findings": told}
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode()


def _page(findings: "list[Finding]") -> str:
    lines = []
    for each in findings:
        lines.append(f"{each.level.name.lower():<8} {each.subject}: {each.told}")
        if each.remedy:
            lines.append(f"{'':<8} -> {each.remedy}")
    return "\n".join(lines)

"""Fuzzes one decoder guided by coverage, and keeps the inputs that reach something new.

    scripts/fuzz websocket-frames --runs 10000000

It begins with the corpus in tests/cases/fuzz, which the everyday tests replay, and writes back what it
holds then, the shortest inputs first. A finding ends it; its input is printed in hex.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support.fuzz_corpus import read_corpus, write_corpus
from support.fuzz_targets import INPUT_BYTES_MAX, INPUT_BYTES_USUAL, SEEDS, TARGETS


def _fuzz(target: str, corpus: Path, options: list[str]) -> None:
    """In a process of its own: libFuzzer never returns."""
    import atheris

    with atheris.instrument_imports(include=["kibitz"]):
        for name in [name for name in sys.modules if name.partition(".")[0] == "kibitz"]:
            del sys.modules[name]
        sys.modules.pop("support.fuzz_targets", None)
        from support.fuzz_targets import TARGETS as INSTRUMENTED
    run = INSTRUMENTED[target]
    atheris.Setup([sys.argv[0], *options, str(corpus)], run)
    atheris.Fuzz()


def _libfuzzer(target: str, corpus: Path, options: list[str]) -> int:
    command = [sys.executable, "-m", "support.fuzz", target, "--in", str(corpus), "--", *options]
    return subprocess.run(command, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--in", dest="inside", type=Path, help=argparse.SUPPRESS)
    given, options = parser.parse_known_args()
    if given.inside is not None:
        _fuzz(given.target, given.inside, [option for option in options if option != "--"])
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        corpus, findings = Path(name) / "corpus", Path(name) / "findings"
        for directory in (corpus, findings):
            directory.mkdir()
        for number, data in enumerate([*SEEDS[given.target], *read_corpus(given.target)]):
            (corpus / str(number)).write_bytes(data)
        longest = INPUT_BYTES_MAX.get(given.target, INPUT_BYTES_USUAL)
        options = [f"-runs={given.runs}", f"-max_len={longest}", "-timeout=60", "-rss_limit_mb=4096"]
        options += [f"-artifact_prefix={findings}/", "-verbosity=0", "-print_final_stats=1"]
        code = _libfuzzer(given.target, corpus, options)
        for finding in findings.iterdir():
            print(f"{given.target}: a finding: {finding.read_bytes().hex()}")
        if code:
            return code
        kept = [file.read_bytes() for file in corpus.iterdir()]
    write_corpus(given.target, kept)
    took_s = time.monotonic() - began
    print(f"{given.target}: {given.runs:,} runs without a finding in {took_s:.0f} s, {len(kept)} inputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The benchmarks' command line; scripts/bench/run calls it."""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path

import acks
import broadcast
import cores
import memory
import moves
import polled
import rest_cache
import results
import servers
import telemetry_cost
import uvloop

BENCHMARKS: dict[str, Callable[[int], Awaitable[list[results.Case]]]] = {
    "broadcast": broadcast.run,
    "acks": acks.run,
    "polled": polled.run,
    "memory": memory.run,
    "moves": moves.run,
    "telemetry": telemetry_cost.run,
    "rest_cache": rest_cache.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the server beside its peers, in one run.")
    parser.add_argument("benchmark", nargs="?", choices=[*BENCHMARKS, "all"], default="all")
    parser.add_argument("--rounds", type=int, default=5, help="measured rounds of each server (default 5)")
    parser.add_argument(
        "--json",
        type=Path,
        default=servers.ROOT / "artifacts" / "bench.json",
        help="where the figures go (default artifacts/bench.json)",
    )
    options = parser.parse_args()
    chosen = list(BENCHMARKS) if options.benchmark == "all" else [options.benchmark]
    cores.pin_load_generator()
    cores.raise_file_limit()
    platform = servers.platform_versions()
    print(", ".join(f"{name} {value}" for name, value in platform.items()), flush=True)
    cases: list[results.Case] = []
    for name in chosen:
        for case in uvloop.run(BENCHMARKS[name](options.rounds)):
            results.print_case(case)
            cases.append(case)
        results.write_json(cases, platform, options.json)
    print(f"\nwritten to {options.json}")


if __name__ == "__main__":
    main()

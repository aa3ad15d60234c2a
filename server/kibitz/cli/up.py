"""`kibitz up`: server, ETL and dashboard as three processes, with one set of settings."""

import asyncio
import socket
import sys
from dataclasses import replace
from importlib.util import find_spec

from kibitz.app.datadir import DataDir, StartError, port_taken
from kibitz.cli import UsageError
from kibitz.cli.lean import without_analytics
from kibitz.cli.supervisor import ChildSpec, Supervisor
from kibitz.config import Settings
from kibitz.reach import reach

ASK_EVERY_S = 0.1


def up(settings: Settings) -> int:
    """Run all three until Ctrl-C or SIGTERM. Raises `UsageError` for what is to be put right first."""
    try:
        _check(settings)
        link = _one_time_link(settings)
    except StartError as error:
        raise UsageError(str(error)) from None
    specs = _specs(settings, link)
    return asyncio.run(_supervise(specs))


async def _supervise(specs: list[ChildSpec]) -> int:
    return await Supervisor(specs, say=lambda text: print(text, flush=True)).run()


def _check(settings: Settings) -> None:
    """What the children would find out, said once and before anything has started."""
    if not all(find_spec(name) for name in ("streamlit", "duckdb", "kibitz_etl", "kibitz_dashboard")):
        raise StartError(
            "The dashboard's packages are not installed: run scripts/setup, or pip install "
            "'kibitz[analytics]', or start the server alone with `kibitz serve`."
        )
    if settings.port == 0:
        raise StartError("`kibitz up` needs a fixed --port, since the dashboard has to find the server.")
    DataDir(settings.data).release()
    there = reach(settings, settings.port, [])
    for host, port, flag in (
        (there.bind, settings.port, "--port"),
        ("127.0.0.1", settings.dashboard_port, "--dashboard-port"),
    ):
        if not _is_free(host, port):
            raise port_taken(port, flag)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _one_time_link(settings: Settings) -> str:
    without_analytics()
    from kibitz.app.accounts import one_time_link

    return one_time_link(settings.data)


def _specs(settings: Settings, link: str) -> list[ChildSpec]:
    if settings.log_format == "auto" and sys.stderr.isatty():
        settings = replace(settings, log_format="plain")
    there = reach(settings, settings.port)
    local = f"http://127.0.0.1:{settings.port}"
    data = str(settings.data.resolve())
    dashboard = f"http://127.0.0.1:{settings.dashboard_port}"
    return [
        ChildSpec(
            "server",
            "kibitz",
            ["serve", *settings.as_flags()],
            lambda: _answering(settings.port, "/readyz"),
            f"Play:      {there.base_url}",
            settings.as_variables(),
        ),
        ChildSpec("etl", "kibitz_etl", ["--data", data]),
        ChildSpec(
            "dashboard",
            "kibitz_dashboard",
            [
                *("--data", data, "--port", str(settings.dashboard_port)),
                *("--server-url", local, "--public-url", there.base_url),
            ],
            lambda: _both_answering(settings),
            f"Dashboard: {dashboard}/login?token={link}\n"
            "           (this link works once; Ctrl-C stops everything)",
        ),
    ]


async def _both_answering(settings: Settings) -> None:
    # The link is of no use before the server, which checks it, is there.
    await _answering(settings.port, "/readyz")
    await _answering(settings.dashboard_port, "/_stcore/health")


async def _answering(port: int, path: str) -> None:
    """Return when a GET of the path is answered with 200."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode("ascii"))
                status = await asyncio.wait_for(reader.readline(), 5)
            finally:
                writer.close()
            if b" 200 " in status:
                return
        except (OSError, TimeoutError):
            pass
        await asyncio.sleep(ASK_EVERY_S)

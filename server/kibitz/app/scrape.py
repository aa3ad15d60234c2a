"""The metrics' own port, on loopback: `GET /metrics` in the formats that Prometheus asks for."""

import asyncio

from aiohttp import web

from kibitz.app.datadir import port_taken
from kibitz.metrics.exposition import Exposition
from kibitz.metrics.registry import Metrics

_HOSTS = frozenset(("127.0.0.1", "localhost"))
"""With any port, which a tunnel may have changed."""


async def serve_metrics(metrics: Metrics, port: int) -> web.AppRunner:
    """Listen on 127.0.0.1. Raises `StartError` when the port is taken."""
    exposition = Exposition()

    async def scrape(request: web.Request) -> web.Response:
        # Listening on loopback does not keep out a page whose name was pointed there.
        if request.host.rpartition(":")[0].lower() not in _HOSTS:
            raise web.HTTPMisdirectedRequest
        accept = request.headers.get("Accept", "")
        # What is measured belongs to the loop; making text of it takes longer than players should wait.
        text, content_type = await asyncio.to_thread(exposition.render, metrics.snapshot(), accept)
        return web.Response(body=text, headers={"Content-Type": content_type, "Cache-Control": "no-store"})

    app = web.Application()
    app.router.add_get("/metrics", scrape)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        await runner.cleanup()
        raise port_taken(port, "--metrics-port") from None
    return runner

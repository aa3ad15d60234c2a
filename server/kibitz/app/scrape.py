"""The metrics' own port, on loopback: `GET /metrics` in the Prometheus text format."""

from aiohttp import web

from kibitz.app.datadir import port_taken
from kibitz.metrics import Metrics

_HOSTS = frozenset(("127.0.0.1", "localhost"))
"""With any port, which a tunnel may have changed."""


async def serve_metrics(metrics: Metrics, port: int) -> web.AppRunner:
    """Listen on 127.0.0.1. Raises `StartError` when the port is taken."""

    async def scrape(request: web.Request) -> web.Response:
        # Listening on loopback does not keep out a page whose name was pointed there.
        if request.host.rpartition(":")[0].lower() not in _HOSTS:
            raise web.HTTPMisdirectedRequest
        return web.Response(text=metrics.render(), content_type="text/plain", charset="utf-8")

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

"""Hands out a report's HTML to who is logged in, in a box of its own.

The page's scripts run in an origin of nobody (`sandbox`), and can load nothing and send nothing anywhere:
whatever a report holds, it can do nothing in the reader's name.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kibitz_dashboard.reports.shelf import report
from kibitz_dashboard.settings import settings

PREFIX = "/report-pages"
POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


async def show_report(request: Request) -> Response:
    """Behind the guard, as every path but the login's."""
    parts = request.path_params
    found = report(settings().reports_dir, parts["report"], parts["period"])
    path = None if found is None else found.file("report.html")
    if path is None:
        return PlainTextResponse("There is no such report.\n", 404)
    headers = {"content-security-policy": POLICY, "cache-control": "private, no-store"}
    return Response(path.read_bytes(), media_type="text/html; charset=utf-8", headers=headers)

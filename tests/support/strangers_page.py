"""A web page of somebody else, on another origin, with a frame in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def strangers_page(frame: str, *, width: int = 420, height: int = 480) -> Iterator[str]:
    """The address of a page that frames `frame`: another site than 127.0.0.1, which gets no cookies then."""
    text = (
        f'<!doctype html><html lang="en"><title>A blog</title><h1>A blog</h1>'
        f'<iframe src="{frame}" title="A game" width="{width}" height="{height}"></iframe></html>'
    )

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

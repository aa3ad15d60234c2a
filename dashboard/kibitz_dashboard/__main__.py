"""`python -m kibitz_dashboard`: serve the dashboard until stopped.

Exit codes: 0 stopped, 1 could not start (one sentence on stderr), 2 bad arguments.
"""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from kibitz_dashboard.parent import watch_parent
from kibitz_dashboard.settings import Settings

STOP_WITHIN_S = 1.7


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    chosen = Settings(
        data=arguments.data.resolve(),
        server_url=arguments.server_url,
        public_url=arguments.public_url or arguments.server_url,
    )
    os.environ.update(chosen.to_environ())
    # before Streamlit is imported: it must never phone home, wherever it finds a configuration
    os.environ["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "false"
    os.environ["STREAMLIT_SERVER_HEADLESS"] = "true"
    os.environ["STREAMLIT_SERVER_PORT"] = str(arguments.port)
    os.environ["STREAMLIT_SERVER_ADDRESS"] = arguments.host
    try:
        listener = _listen(arguments.host, arguments.port)
    except OSError as error:
        print(
            f"kibitz dashboard: cannot listen on {arguments.host}:{arguments.port}: {error.strerror}.",
            file=sys.stderr,
        )
        return 1
    return _serve(listener, arguments.server_url)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kibitz dashboard", description="Serve the admins' dashboard.")
    parser.add_argument("--data", type=Path, required=True, help="the data directory")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default loopback)")
    parser.add_argument("--port", type=int, default=8501, help="port to listen on (default 8501)")
    parser.add_argument(
        "--server-url",
        type=_url,
        default="http://127.0.0.1:8000",
        help="where this process reaches the server",
    )
    parser.add_argument("--public-url", type=_url, help="where browsers reach the server, for replay links")
    return parser


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError(f"'{text}' is not an http or https address")
    return text.rstrip("/")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _serve(listener: socket.socket, server_url: str) -> int:
    # late: importing Streamlit reads its configuration, which main() prepares, and takes a second
    import uvicorn

    from kibitz_dashboard.web import make_app

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Leaves the signals to us: uvicorn would end the process by the signal, not with a code."""
            yield

    server = Server(
        uvicorn.Config(
            make_app(server_url),
            log_level="warning",
            access_log=False,
            # pages hold websockets open for good; they need no time to say goodbye
            timeout_graceful_shutdown=1,
            server_header=False,
        )
    )

    def stop() -> None:
        server.should_exit = True
        # a query that is still running must not hold the process back; it only reads
        last_resort = threading.Timer(STOP_WITHIN_S, os._exit, [0])
        last_resort.daemon = True
        last_resort.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    watch_parent(os.environ, stop)
    server.run(sockets=[listener])
    return 0


if __name__ == "__main__":
    code = main()
    # It only read, so there is nothing to tidy; but Streamlit's threads still hold DuckDB's objects, and an
    # orderly end of the interpreter would list every one of them on stderr as leaked.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

"""A mail server on this machine: it speaks enough SMTP to take a letter, and offers no STARTTLS."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    port: int = 0
    refuses: bool = False
    """Whether it answers that it is busy."""
    said: list[str] = field(default_factory=list)
    """What clients said, line by line, the letters left out."""
    letters: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._answer("220 ready")
            while line := self.rfile.readline():
                word = line.decode().strip()
                server.said.append(word)
                match word[:4].upper():
                    case "EHLO":
                        self._answer("250-here\r\n250 8BITMIME")
                    case "MAIL" if server.refuses:
                        self._answer("451 busy, come again")
                    case "DATA":
                        self._answer("354 go on")
                        server.letters.append(self._letter())
                        self._answer("250 taken")
                    case "QUIT":
                        self._answer("221 bye")
                        return
                    case _:
                        self._answer("250 ok")

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            found = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(found, EmailMessage)
            return found

        def _answer(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        server.port = listening.server_address[1]
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield server
        listening.shutdown()

"""What this dashboard was started with.

Streamlit runs each page as a script, so the entry point hands the settings down as environment variables.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_DATA, _SERVER, _PUBLIC = (
    "KIBITZ_DASHBOARD_DATA",
    "KIBITZ_DASHBOARD_SERVER_URL",
    "KIBITZ_DASHBOARD_PUBLIC_URL",
)


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path
    server_url: str
    """Where this process reaches the server's REST."""
    public_url: str
    """Where the admin's browser reaches the players' client."""

    @property
    def warehouse_dir(self) -> Path:
        return self.data / "warehouse"

    @property
    def reports_dir(self) -> Path:
        return self.data / "reports"

    @property
    def journal(self) -> Path:
        return self.data / "journal.sqlite"

    def replay_url(self, room_id: str, match: int | None = None, version: int | None = None) -> str:
        """The players' replay of a room, at a version of a match if one is given."""
        place = [f"match={match}"] if match is not None else []
        place += [f"version={version}"] if version is not None else []
        return f"{self.public_url}/replay/{room_id}{'#' if place else ''}{'&'.join(place)}"

    def to_environ(self) -> dict[str, str]:
        return {_DATA: str(self.data), _SERVER: self.server_url, _PUBLIC: self.public_url}


def settings(environ: Mapping[str, str] = os.environ) -> Settings:
    server_url = environ.get(_SERVER, "http://127.0.0.1:8000")
    return Settings(
        data=Path(environ.get(_DATA, "data")),
        server_url=server_url,
        public_url=environ.get(_PUBLIC, server_url),
    )

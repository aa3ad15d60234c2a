"""The client's built files: read once, served from memory, and nothing that the build does not name.

An asset's name holds its content's hash, so it never changes and may be cached for ever. Serving
from a table leaves no path to traverse. The form of `manifest.json` is fixed in server/web/README.md.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from aiohttp import web

from kibitz.codes import Code
from kibitz.http.problems import ProblemError
from kibitz.http.resources.pages import Budget

IMMUTABLE = "public, max-age=31536000, immutable"


class AssetEntry(msgspec.Struct, frozen=True):
    type: str
    path: str
    br: str | None = None
    gz: str | None = None


class EmbedEntry(msgspec.Struct, frozen=True):
    """The page for embedding: the URL of its script, the text of its style."""

    script: str
    style_inline: str


class WorkerEntry(msgspec.Struct, frozen=True):
    """The service worker's script, and the one that ends it. Their addresses never change, so they are no
    assets."""

    script: str
    off: str


class Manifest(msgspec.Struct, frozen=True):
    """What the build hands over; keys that only the build uses are not read."""

    build: str
    entry: str
    style_inline: str
    early_script_inline: str
    skeleton: dict[str, str]
    routes: dict[str, list[str]]
    assets: dict[str, AssetEntry]
    icon: str | None = None
    embed: EmbedEntry | None = None
    worker: WorkerEntry | None = None
    budgets: list[Budget] = []


class Asset(msgspec.Struct, frozen=True):
    """One file with its compressed forms, by content coding."""

    type: str
    plain: bytes
    coded: dict[str, bytes]

    @classmethod
    def made(cls, kind: str, plain: bytes) -> "Asset":
        """One that no build compressed."""
        packer = zlib.compressobj(9, wbits=31)
        return cls(kind, plain, {"gzip": packer.compress(plain) + packer.flush()})


class Client:
    """A built client in memory."""

    def __init__(
        self,
        manifest: Manifest,
        assets: dict[str, Asset],
        worker: bytes | None = None,
        worker_off: bytes | None = None,
    ) -> None:
        self.manifest = manifest
        self.assets = assets
        self.worker = worker
        self.worker_off = worker_off

    async def serve(self, request: web.Request) -> web.Response:
        """The handler of `/assets/…`: the best coding that the request accepts."""
        asset = self.assets.get(request.path)
        if asset is None:
            raise ProblemError(Code.NOT_FOUND)
        return coded_answer(asset, request, {"Cache-Control": IMMUTABLE})


def coded_answer(asset: Asset, request: web.Request, headers: Mapping[str, str]) -> web.Response:
    """The asset in the best coding that the request accepts."""
    told = {"Content-Type": asset.type, "Vary": "Accept-Encoding", **headers}
    accepted = request.headers.get("Accept-Encoding", "")
    for coding in ("br", "gzip"):
        if coding in asset.coded and accepts(accepted, coding):
            told["Content-Encoding"] = coding
            return web.Response(body=asset.coded[coding], headers=told)
    return web.Response(body=asset.plain, headers=told)


def accepts(header: str, coding: str) -> bool:
    """Whether an `Accept-Encoding` header names the coding and does not refuse it."""
    for part in header.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == coding:
            return weight.replace(" ", "").rstrip(".0") != "q="
    return False


def load_client(dist: Path) -> Client | None:
    """The client that was built into `dist`; None if there is none.

    Raises `msgspec.DecodeError` or `OSError` for a build that is broken: better at start than later.
    """
    path = dist / "manifest.json"
    if not path.is_file():
        return None
    manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    assets: dict[str, Asset] = {}
    for url, entry in manifest.assets.items():
        coded = {
            coding: (dist / name).read_bytes()
            for coding, name in (("br", entry.br), ("gzip", entry.gz))
            if name is not None
        }
        kind = entry.type + ("; charset=utf-8" if entry.type.startswith("text/") else "")
        assets[url] = Asset(type=kind, plain=(dist / entry.path).read_bytes(), coded=coded)
    scripts = manifest.worker
    if scripts is None:
        return Client(manifest, assets)
    return Client(manifest, assets, (dist / scripts.script).read_bytes(), (dist / scripts.off).read_bytes())


def find_dist() -> Path:
    """Where the build lies: inside the installed package, or in the source tree beside it."""
    import kibitz

    package = Path(kibitz.__file__).parent
    shipped = package / "web_dist"
    return shipped if shipped.is_dir() else package.parent / "web" / "dist"

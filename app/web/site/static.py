"""Static files, read once at start: no path from a request ever reaches the file system.

The address holds a hash of the whole tree, so a browser may keep a file for ever, and relative imports between
modules stay inside one version.
"""

import gzip
import hashlib
import mimetypes
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

_FOR_EVER = "public, max-age=31536000, immutable"
_PACKABLE = frozenset({".css", ".js", ".svg"})
_SHOWN = frozenset({".css", ".js", ".svg", ".png", ".ico"})
# As our own scripts write it; `import(...)` loads a script later.
_IMPORT = re.compile(rb'^import (?:[^;"(]* from )?"(\.[^"]+)";', re.MULTILINE)


# Indentation and comments that have a line for themselves. Lines keep their numbers, for the errors of a browser.
_LEFT_OUT = re.compile(rb"^[ \t]*(?://.*)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and compressed."""

    body: bytes
    packed: bytes | None
    content_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files; `version` changes when any file does. `imports` has what each script imports."""

    version: str
    files: dict[str, Asset]
    imports: dict[str, list[str]]

    def with_imports(self, scripts: Iterable[str]) -> list[str]:
        """These scripts and all that they need, which a browser would otherwise find one level after the other."""
        found: dict[str, None] = {}
        waiting = list(scripts)
        while waiting:
            script = waiting.pop()
            if script not in found:
                found[script] = None
                waiting += self.imports[script]
        return list(found)


ASSETS = web.AppKey("ASSETS", Assets)


@cache
def load_static(folder: Path) -> Assets:
    """Every file that a page may load. Compressing takes 0.1 s, so it is done once in a process."""
    files = {}
    imports = {}
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _SHOWN or not path.is_file():
            continue
        body = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        digest.update(name.encode() + b"\0" + body)
        if name.startswith("js/"):
            body = _LEFT_OUT.sub(b"", body)
        packed = gzip.compress(body, 9, mtime=0) if path.suffix in _PACKABLE else None
        kind = "text/javascript" if path.suffix == ".js" else mimetypes.types_map[path.suffix]
        files[name] = Asset(body, packed, kind)
        if path.suffix == ".js":
            imports[name] = [_resolve(name, target.decode()) for target in _IMPORT.findall(body)]
    return Assets(digest.hexdigest()[:12], files, imports)


def _resolve(name: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))


async def serve(request: web.Request) -> web.StreamResponse:
    """GET /static/{version}/{name}; with the version of another release the file is sent too, but not cached."""
    assets = request.app[ASSETS]
    version, _, name = request.match_info["path"].partition("/")
    asset = assets.files.get(name)
    if asset is None:
        raise web.HTTPNotFound
    packed = asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {
        "Content-Type": asset.content_type + ("; charset=utf-8" if asset.packed is not None else ""),
        "Cache-Control": _FOR_EVER if version == assets.version else "no-store",
        "Vary": "Accept-Encoding",
    }
    if packed:
        headers["Content-Encoding"] = "gzip"
    body = asset.packed if packed and asset.packed is not None else asset.body
    return web.Response(body=body, headers=headers)

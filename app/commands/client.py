"""Talking to a running server from the command line, through its API.

The standard library's client: importing aiohttp would take longer than most of these commands. Redirects are never
followed, because the access token would travel along.
"""

import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import click

from ..errors import AppError, CannotStart, Invalid
from .terminal import until_nobody_reads, visible

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

TIMEOUT_S = 60
CHUNK = 64 << 10
_PAGE = 500
_SERVER = ("url", "access_token_file", "data_dir", "port", "base_path")
# How long somebody who pressed Tab may be kept waiting.
_TYPING_S = 1
_PLAIN = re.compile(r"[\w.@%+=-]+", re.ASCII)

Command = TypeVar("Command", bound=Callable[..., Any])


class Away(CannotStart):
    """Nobody is there now, or somebody who is not ready: trying again may help, and harms nothing."""


class Missing(click.UsageError):
    """What was asked for by its name or number is not there."""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A server and the credential for it. Every call ends in data, or in an error with its exit code: CannotStart
    (cannot reach or sign in), Invalid or UsageError (the wish is wrong)."""

    root: str
    token: str
    source: str
    """Where the token was found, for people."""

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, so that its clock is ours."""
        return is_loopback(self.root)

    def get(self, path: str, *, patience_s: float = TIMEOUT_S, **query: str | None) -> Any:
        """The JSON of a GET."""
        return self._call("GET", path, query, patience_s=patience_s)

    def send(self, method: str, path: str, value: Any = None) -> Any:
        """The JSON of another call; None where there is none."""
        return self._call(method, path, {}, value)

    def pieces(self, path: str, **query: str | None) -> Iterator[bytes]:
        """A body in pieces, as they come. CannotStart when it breaks off."""
        with self._open("GET", path, query) as answer:
            try:
                while piece := answer.read1(CHUNK):
                    yield piece
            except (http.client.HTTPException, OSError) as error:
                raise CannotStart(
                    f"The connection to {self.root} was lost before the response was complete. ({error})"
                ) from None

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a list."""
        before: str | None = None
        while True:
            page = self.get(path, limit=str(_PAGE), before=before)
            if not isinstance(page, dict) or "items" not in page:
                raise CannotStart(f"{self.root} does not respond like smsbin.")
            yield from page["items"]
            before = page["next"]
            if before is None:
                return

    def find_bin(self, wanted: str | None) -> dict[str, Any]:
        """A bin by its id or its name; without either the only one there is."""
        bins = list(self.every("/bins"))
        found = [bin for bin in bins if bin["id"] == wanted] or [
            bin for bin in bins if wanted is None or bin["name"] == wanted
        ]
        if len(found) == 1:
            return found[0]
        told = "\n".join(f"  {bin['id']}  {visible(bin['name'])}" for bin in found or bins)
        if not bins:
            raise click.UsageError("There is no bin yet. Create one: smsbin bins create")
        if not found:
            raise click.UsageError(f"There is no bin {wanted}. Existing bins:\n{told}")
        which = "There are several bins" if wanted is None else f"Several bins are called {wanted}"
        raise click.UsageError(f"{which}; choose one by its id:\n{told}")

    def _call(
        self, method: str, path: str, query: dict[str, str | None], value: Any = None, patience_s: float = TIMEOUT_S
    ) -> Any:
        with self._open(method, path, query, value, patience_s) as answer:
            try:
                body = answer.read()
                return json.loads(body) if body else None
            except (http.client.HTTPException, OSError) as error:
                raise Away(f"The connection to {self.root} was lost. ({one_line(error)})") from None
            except ValueError as error:
                raise CannotStart(f"{self.root} did not respond like smsbin: {error}") from None

    def _open(
        self, method: str, path: str, query: dict[str, str | None], value: Any = None, patience_s: float = TIMEOUT_S
    ) -> Any:
        said = urlencode({name: text for name, text in query.items() if text is not None})
        address = f"{self.root}/api/v1{path}" + (f"?{said}" if said else "")
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(value).encode()
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310
        try:
            return opener(self.root).open(request, timeout=patience_s)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = one_line(getattr(error, "reason", error))
            raise Away(
                f"Cannot reach {self.root}: {reason}. Start the server there, or give --url or SMSBIN_URL."
            ) from None

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            try:
                told = json.loads(error.read())
            except (http.client.HTTPException, OSError, ValueError):
                told = {}
        told = told if isinstance(told, dict) else {}
        detail = one_line(told.get("detail") or f"it answered {error.code}")
        if error.code == 401:
            return CannotStart(f"{self.root} does not accept the access token from {self.source}.")
        if error.code == 422 and told.get("errors"):
            return Invalid(*[(each["field"], each["message"]) for each in told["errors"]])
        if error.code == 404 and told:
            return Missing(detail)
        if error.code in (409, 422) and told:
            return click.UsageError(detail)
        if error.code >= 500:
            return Away(f"{self.root} is not ready: {detail}")
        return CannotStart(f"{self.root} refused the request: {detail}")


def with_server(command: Command) -> Command:
    """The options that every client command has; `connect` takes their values."""
    for option in (
        click.option("--data-dir", envvar="SMSBIN_DATA_DIR", default="./data", hidden=True),
        click.option("--port", envvar="SMSBIN_PORT", default="8010", hidden=True),
        click.option("--base-path", envvar="SMSBIN_BASE_PATH", default="", hidden=True),
        click.option(
            "--url", envvar="SMSBIN_URL", show_envvar=True, default=None,
            help="URL of the server.  [default: http://127.0.0.1:8010]",
        ),
        click.option(
            "--access-token-file", envvar="SMSBIN_ACCESS_TOKEN_FILE", show_envvar=True, default=None,
            help="File that holds the access token; SMSBIN_ACCESS_TOKEN is the token itself."
            "  [default: access-token in the data directory]",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def complete_bins(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """What a bin may be called on this line: its name where a shell takes it as it is, else its id. Quietly nothing
    when the server or the token is not known: somebody is typing."""
    from click.shell_completion import CompletionItem

    try:
        client = connect(**{name: ctx.params[name] for name in _SERVER})
        bins = client.get("/bins", limit=str(_PAGE), patience_s=_TYPING_S)["items"]
        known = [(str(bin["id"]), str(bin["name"])) for bin in bins]
    except (AppError, click.UsageError, KeyError, TypeError):
        return []
    return [
        CompletionItem(name if _PLAIN.fullmatch(name) else id_, help=visible(name))
        for id_, name in known
        if id_.startswith(incomplete) or name.casefold().startswith(incomplete.casefold())
    ]


bin_argument = click.argument("bin", required=False, envvar="SMSBIN_BIN", shell_complete=complete_bins)
"""An id or a unique name; optional if there is only one bin."""


def server_root(url: str | None, port: str, base_path: str) -> str:
    """Where the server is, without a slash at the end. UsageError."""
    root = (url or f"http://127.0.0.1:{port}/{base_path.strip('/')}").rstrip("/")
    parts = urlsplit(root)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{root} is not a URL; write http://127.0.0.1:8010")
    return root


def connect(url: str | None, access_token_file: str | None, data_dir: str, port: str, base_path: str) -> Client:
    """The client for these options. UsageError, CannotStart."""
    root = server_root(url, port, base_path)
    token = os.environ.get("SMSBIN_ACCESS_TOKEN", "")
    if token and not access_token_file:
        return Client(root=root, token=token, source="SMSBIN_ACCESS_TOKEN")
    path = Path(access_token_file) if access_token_file else Path(data_dir) / "access-token"
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        # A server that is just starting for the first time makes the file in a moment.
        kind = Away if isinstance(error, FileNotFoundError) else CannotStart
        raise kind(
            f"There is no access token: {path} cannot be read ({getattr(error, 'strerror', error)})."
            " Give SMSBIN_ACCESS_TOKEN, --access-token-file, or SMSBIN_DATA_DIR."
        ) from None
    if not token.isascii() or not token.isprintable():
        raise CannotStart(f"{path} does not contain an access token.")
    return Client(root=root, token=token, source=str(path))


def in_path(text: str) -> str:
    """One segment of a path."""
    return quote(text, safe="")


def write_out(pieces: Iterator[bytes]) -> None:
    """To stdout; whoever reads there may stop reading (`| head`)."""
    out: IO[bytes] = sys.stdout.buffer
    with until_nobody_reads():
        for piece in pieces:
            out.write(piece)
            out.flush()


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine and to no other."""
    name = urlsplit(url).hostname or ""
    return name in ("localhost", "::1") or name.startswith("127.")


def one_line(said: object) -> str:
    """What somebody else said, for a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in str(said)).strip()


def opener(root: str) -> urllib.request.OpenerDirector:
    """What opens addresses there: it follows no redirect."""
    # A proxy from the environment is for the way out, not for this machine.
    return urllib.request.build_opener(_Stay, *([urllib.request.ProxyHandler({})] if is_loopback(root) else []))

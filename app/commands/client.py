"""A client for the API of a running server.

It uses the standard library, because importing aiohttp would take longer than most of these commands. Redirects are
not followed, because the access token would be sent along.
"""

import http.client
import json
import os
import re
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import click

from ..errors import AppError, CannotStart, Invalid
from .terminal import until_stdout_closes, visible

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

TIMEOUT_S = 60
CHUNK = 64 << 10
_PAGE = 500
_SERVER = ("url", "access_token_file", "data_dir", "port", "base_path")
# The time limit for shell completion.
_TYPING_S = 1
_PLAIN = re.compile(r"[\w.@%+=-]+", re.ASCII)

Command = TypeVar("Command", bound=Callable[..., Any])


class ServerUnreachable(CannotStart):
    """The server cannot be reached or is not ready now; trying again is safe and may succeed."""


class Missing(click.UsageError):
    """What was requested by name or number does not exist."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A server and the credential for it. Calls return data or raise an error with its exit code: CannotStart
    (cannot reach or sign in), Invalid or UsageError (bad input)."""

    root: str
    token: str
    source: str
    """Where the token was found, for error messages."""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """Which certificates are trusted; None: those of the system."""

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine, so that it has the same clock."""
        return is_loopback(self.root)

    def get(self, path: str, *, timeout_s: float = TIMEOUT_S, **query: str | None) -> Any:
        """GET; returns the JSON."""
        return self._call("GET", path, query, timeout_s=timeout_s)

    def send(self, method: str, path: str, value: Any = None) -> Any:
        """Another method; returns the JSON, or None without a body."""
        return self._call(method, path, {}, value)

    def upload(self, path: str, file: BinaryIO, size: int, query: dict[str, str | None]) -> Any:
        """POST the bytes of a file; returns the JSON."""
        with self._open("POST", path, query, upload=(file, size)) as answer:
            return json.loads(answer.read())

    def chunks(self, path: str, **query: str | None) -> Iterator[bytes]:
        """A response body in chunks, as they arrive. Raises CannotStart if the connection breaks."""
        with self._open("GET", path, query) as answer:
            try:
                while chunk := answer.read1(CHUNK):
                    yield chunk
            except (http.client.HTTPException, OSError) as error:
                raise CannotStart(
                    f"The connection to {self.root} was lost before the response was complete. ({error})"
                ) from None

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a paginated list."""
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
        """A bin by its id or name; without either, the only bin. Raises UsageError."""
        bins = list(self.every("/bins"))
        found = [bin for bin in bins if bin["id"] == wanted] or [
            bin for bin in bins if wanted is None or bin["name"] == wanted
        ]
        if len(found) == 1:
            return found[0]
        listing = "\n".join(f"  {bin['id']}  {visible(bin['name'])}" for bin in found or bins)
        if not bins:
            raise click.UsageError("There is no bin yet. Create one: smsbin bins create")
        if not found:
            raise click.UsageError(f"There is no bin {wanted}. Existing bins:\n{listing}")
        which = "There are several bins" if wanted is None else f"Several bins are called {wanted}"
        raise click.UsageError(f"{which}; choose one by its id:\n{listing}")

    def _call(
        self, method: str, path: str, query: dict[str, str | None], value: Any = None, timeout_s: float = TIMEOUT_S
    ) -> Any:
        with self._open(method, path, query, value, timeout_s) as answer:
            try:
                body = answer.read()
                return json.loads(body) if body else None
            except (http.client.HTTPException, OSError) as error:
                raise ServerUnreachable(f"The connection to {self.root} was lost. ({printable_line(error)})") from None
            except ValueError as error:
                raise CannotStart(f"{self.root} did not respond like smsbin: {error}") from None

    def _open(
        self, method: str, path: str, query: dict[str, str | None], value: Any = None, timeout_s: float = TIMEOUT_S,
        upload: tuple[BinaryIO, int] | None = None,
    ) -> Any:  # fmt: skip
        encoded = urlencode({name: text for name, text in query.items() if text is not None})
        address = f"{self.root}/api/v1{path}" + (f"?{encoded}" if encoded else "")
        headers = {"Authorization": f"Bearer {self.token}"}
        body: bytes | BinaryIO | None = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(value).encode()
        elif upload is not None:
            body, size = upload
            headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310
        try:
            return opener(self.root, self.tls).open(request, timeout=timeout_s)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = printable_line(getattr(error, "reason", error))
            raise ServerUnreachable(
                f"Cannot reach {self.root}: {reason}. Start the server there, or give --url or SMSBIN_URL."
            ) from None

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            try:
                problem = json.loads(error.read())
            except (http.client.HTTPException, OSError, ValueError):
                problem = {}
        problem = problem if isinstance(problem, dict) else {}
        detail = printable_line(problem.get("detail") or f"it answered {error.code}")
        if error.code == 401:
            return CannotStart(f"{self.root} does not accept the access token from {self.source}.")
        if error.code == 422 and problem.get("errors"):
            return Invalid(*[(each["field"], each["message"]) for each in problem["errors"]])
        if error.code == 404 and problem:
            return Missing(detail)
        if error.code in (409, 422) and problem:
            return click.UsageError(detail)
        if error.code >= 500:
            return ServerUnreachable(f"{self.root} is not ready: {detail}")
        return CannotStart(f"{self.root} refused the request: {detail}")


def with_server(command: Command) -> Command:
    """Add the options that all client commands have; `connect` takes their values."""
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
    """Completions for a bin: its name if a shell takes it unquoted, else its id. Empty if the server or the token is
    not known."""
    from click.shell_completion import CompletionItem

    try:
        client = connect(**{name: ctx.params[name] for name in _SERVER})
        bins = client.get("/bins", limit=str(_PAGE), timeout_s=_TYPING_S)["items"]
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
    """The URL of the server without a trailing slash. Raises UsageError."""
    root = (url or f"http://127.0.0.1:{port}/{base_path.strip('/')}").rstrip("/")
    parts = urlsplit(root)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"{root} is not a URL; write http://127.0.0.1:8010")
    return root


def connect(
    url: str | None, access_token_file: str | None, data_dir: str, port: str, base_path: str,
    tls: ssl.SSLContext | None = None,
) -> Client:  # fmt: skip
    """The client for these options. Raises UsageError, CannotStart."""
    root = server_root(url, port, base_path)
    token = os.environ.get("SMSBIN_ACCESS_TOKEN", "")
    if token and not access_token_file:
        return Client(root=root, token=token, source="SMSBIN_ACCESS_TOKEN", tls=tls)
    path = Path(access_token_file) if access_token_file else Path(data_dir) / "access-token"
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        # A server that starts for the first time creates the file in a moment.
        kind = ServerUnreachable if isinstance(error, FileNotFoundError) else CannotStart
        raise kind(
            f"There is no access token: {path} cannot be read ({getattr(error, 'strerror', error)})."
            " Give SMSBIN_ACCESS_TOKEN, --access-token-file, or SMSBIN_DATA_DIR."
        ) from None
    if not token.isascii() or not token.isprintable():
        raise CannotStart(f"{path} does not contain an access token.")
    return Client(root=root, token=token, source=str(path), tls=tls)


def in_path(text: str) -> str:
    """One segment of a path."""
    return quote(text, safe="")


def write_out(chunks: Iterator[bytes]) -> None:
    """Write to stdout until its reader closes it (`| head`)."""
    out: IO[bytes] = sys.stdout.buffer
    with until_stdout_closes():
        for chunk in chunks:
            out.write(chunk)
            out.flush()


def is_loopback(url: str) -> bool:
    """Whether a URL has a loopback host."""
    name = urlsplit(url).hostname or ""
    return name in ("localhost", "smsbin.localhost", "::1") or name.startswith("127.")


def printable_line(text: object) -> str:
    """Text from another program on one line, without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text)).strip()


def opener(root: str, tls: ssl.SSLContext | None = None) -> urllib.request.OpenerDirector:
    """An opener for URLs of this server; it does not follow redirects."""
    # A proxy of the environment is not for this machine.
    more: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})] if is_loopback(root) else []
    if tls is not None:
        more.append(urllib.request.HTTPSHandler(context=tls))
    return urllib.request.build_opener(_NoRedirect, *more)

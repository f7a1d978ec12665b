"""Checks by requests: the server itself, and the connection to it through the public URL.

The access token is sent to the public URL only after it is known that this server answers there.
"""

import base64
import hashlib
import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import click

from ... import clock
from ...errors import CannotStart
from ..client import Client, ServerUnreachable, in_path, is_loopback, opener, printable_line
from ..terminal import visible
from .results import CheckResult, ok, skipped, warning, wrong

_TIMEOUT_S = 10
_SKEW_S, _LARGE_SKEW_S = 5, 60
_ACCEPT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TUNNEL = "To try it, start a tunnel: cloudflared tunnel --url {root}. Then start smsbin --public-url with its URL."


@dataclass(frozen=True, slots=True)
class FetchedAnswer:
    """A response; `value` is its JSON object, or empty."""

    status: int
    headers: Message
    value: dict[str, Any]

    @property
    def instance(self) -> str | None:
        """The id of the running smsbin; None for other programs and older versions."""
        return self.value.get("instance") if self.value.get("status") == "ok" else None


def fetch(url: str, token: str | None = None) -> FetchedAnswer:
    """GET without following redirects. Raises ServerUnreachable."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = opener(url).open(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        answer = error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise ServerUnreachable(printable_line(getattr(error, "reason", error))) from None
    with answer:
        try:
            value = json.loads(answer.read(1 << 20))
        except (ValueError, http.client.HTTPException, OSError):
            value = {}
    return FetchedAnswer(answer.status, answer.headers, value if isinstance(value, dict) else {})


def check_server(root: str) -> tuple[str | None, list[CheckResult]]:
    """Whether the server is alive and ready, and its instance id, or None if it does not answer."""
    try:
        alive, ready = fetch(f"{root}/healthz"), fetch(f"{root}/readyz")
    except ServerUnreachable as error:
        return None, [wrong("server", f"no response from {root}: {error}", "Start smsbin, or give --url.")]
    if alive.instance is None:
        cure = "Give its URL with --url or SMSBIN_URL, or another --port."
        return None, [wrong("server", f"the server at {root} is not an smsbin of this version", cure)]
    if ready.status != 200:
        why = visible(str(ready.value.get("reason")))
        return alive.instance, [wrong("server", f"{root} cannot store anything now: {why}", "See the checks above.")]
    return alive.instance, [ok("server", f"{root} is ready, version {visible(str(alive.value['version']))}")]


def check_token(client: Client | CannotStart) -> tuple[dict[str, Any] | None, CheckResult]:
    """The server's description of itself, for signed-in clients."""
    if isinstance(client, CannotStart):
        return None, wrong("access token", str(client), "Give the token that the server was started with.")
    try:
        info: dict[str, Any] = client.get("/info")
    except (CannotStart, click.UsageError) as error:
        return None, wrong("access token", str(error), "Give the token that the server was started with.")
    return info, ok("access token", f"the token from {client.source} is accepted")


def check_retention(client: Client) -> CheckResult:
    """Whether captures expire as configured."""
    try:
        state = client.get("/retention")
    except (CannotStart, click.UsageError) as error:
        return skipped("retention", str(error))
    if state["held"] is None:
        return ok(
            "retention",
            f"captures expire after {state['retention']}" if state["retention"] != "0" else "captures never expire",
        )
    cure = "If the server's clock is right, confirm it on a page of the server, or POST /api/v1/retention/confirm."
    return warning("retention", f"expiry is paused: {visible(state['held'])}", cure)


def check_public(url: str, instance: str) -> tuple[FetchedAnswer | None, CheckResult]:
    """Whether the public URL leads to this server, from this machine."""
    try:
        fetched = fetch(f"{url}/healthz")
    except ServerUnreachable as error:
        cure = "Check the host name, the certificate, the proxy or tunnel, and the firewall."
        return None, wrong("public URL", f"{url} cannot be reached from here: {error}", cure)
    if 300 <= fetched.status < 400:
        to = visible(str(fetched.headers["Location"]))
        cure = "Set --public-url to the final address: providers do not follow redirects, or turn POST into GET."
        return None, wrong("public URL", f"{url} redirects to {to}", cure)
    if fetched.instance is None:
        cure = "Point the proxy or tunnel to this server, and forward the path unchanged (--base-path)."
        return None, wrong("public URL", f"{url} answers {fetched.status}, but is not smsbin", cure)
    if fetched.instance != instance:
        return None, wrong(
            "public URL", f"another smsbin answers at {url}", "Point the proxy or tunnel to this server."
        )
    if is_loopback(url):
        cure = _TUNNEL.format(root=url)
        return fetched, warning("public URL", f"{url} can only be reached from this machine, not by providers", cure)
    if _is_private(url):
        cure = "Use a URL that can be reached from the internet."
        return fetched, warning("public URL", f"{url} leads here, but providers cannot reach a private address", cure)
    return fetched, ok("public URL", f"{url} leads to this server")


def check_way(url: str, fetched: FetchedAnswer, client: Client) -> Iterator[CheckResult]:
    """What proxies between the public URL and the server change."""
    outside = Client(root=url, token=client.token, source=client.source)
    try:
        info = outside.get("/info")
        yield _proxy_headers(url, info)
        yield _clock(fetched)
        yield _websocket(outside)
    except (CannotStart, click.UsageError) as error:
        cure = "Configure the proxy to forward the path and the Authorization header unchanged."
        yield wrong("proxy headers", f"the API cannot be used through {url}: {error}", cure)


def _proxy_headers(url: str, info: dict[str, Any]) -> CheckResult:
    check, seen = "proxy headers", info["seen"]
    forwarded, direct = ", ".join(seen["forwarded"]), seen["direct"]
    if seen["root"] == url:
        through = f" by {forwarded}" if forwarded and seen["trusted"] else ""
        return ok(check, f"the server sees the URL {url}{through}")
    told = f"the request was for {url}, but the server sees {visible(seen['root'])}"
    if info["public_url"] != url:
        told += f", and shows {visible(info['public_url'])} to providers"
    if forwarded and not seen["trusted"]:
        cure = f"Trust the proxy that sends {forwarded}: --trusted-proxies {direct}"
    elif forwarded:
        cure = f"Configure the proxy at {direct} to send X-Forwarded-Proto, and X-Forwarded-Host or the original Host."
    else:
        cure = f"Configure the proxy at {direct} to send X-Forwarded-Proto and Host; add --trusted-proxies {direct}"
    # If a public URL is set, providers get correct URLs all the same.
    return (warning if info["public_url"] == url else wrong)(check, told, cure)


def _clock(fetched: FetchedAnswer) -> CheckResult:
    # smsbin sends no Server header: without one the Date header is its own.
    if "Server" not in fetched.headers:
        return skipped("clock", "there is no other clock to compare with")
    try:
        there = parsedate_to_datetime(fetched.headers["Date"])
    except (TypeError, ValueError):
        return skipped("clock", "the public URL sends no Date to compare with")
    off = (clock.now() - there).total_seconds()
    if abs(off) <= _SKEW_S:
        return ok("clock", f"differs by at most {_SKEW_S} s from the public URL")
    told = f"{abs(off):,.0f} s {'ahead of' if off > 0 else 'behind'} the public URL"
    cure = "Synchronize the clock of this machine (NTP): the times of requests depend on it."
    return (wrong if abs(off) > _LARGE_SKEW_S else warning)("clock", told, cure)


def _websocket(outside: Client) -> CheckResult:
    bins = outside.get("/bins", limit="1")["items"]
    if not bins:
        return skipped("WebSocket", "there is no bin to test with")
    parts = urlsplit(outside.root)
    secure = parts.scheme == "https"
    connection = (
        http.client.HTTPSConnection(parts.netloc, timeout=_TIMEOUT_S, context=ssl.create_default_context())
        if secure
        else http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    )
    key = base64.b64encode(clock.new_key().encode())  # 16 bytes
    headers = {
        "Authorization": f"Bearer {outside.token}", "Connection": "Upgrade", "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key.decode(),
    }  # fmt: skip
    cure = "Configure the proxy to forward Upgrade and Connection (see the guide for nginx). Without them, pages poll."
    try:
        connection.request("GET", f"{parts.path}/api/v1/bins/{in_path(bins[0]['id'])}/live", headers=headers)
        answer = connection.getresponse()
    except (http.client.HTTPException, OSError) as error:
        return wrong("WebSocket", f"the upgrade failed: {printable_line(error)}", cure)
    finally:
        connection.close()
    accept = base64.b64encode(hashlib.sha1(key + _ACCEPT).digest()).decode()  # noqa: S324  # as RFC 6455 wants it
    if answer.status != 101 or answer.headers["Sec-WebSocket-Accept"] != accept:
        return wrong("WebSocket", f"the upgrade was answered with {answer.status}", cure)
    return ok("WebSocket", "the upgrade works")


def _is_private(url: str) -> bool:
    try:
        return not ip_address(urlsplit(url).hostname or "").is_global
    except ValueError:
        return False  # a host name: where it leads from other networks is unknown here

"""The API for tests: the URLs of a bin, what it received, and how it answers."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

from .. import clock
from ..commands.client import Client
from ..domain.extracting import otp
from ..domain.statuses import Status
from .forwarding import ForwardedRequests

TIMEOUT_S = 10.0
QUIET_S = 1.0
# The server ends a long poll after a minute at the latest.
_MAX_POLL_S = 50
_PAGE = 500
_POLL_TIMEOUT_S = 75.0
_KEYS = {
    "kind": "kind:", "role": "role:", "from_": "from:", "to": "to:", "text": "text~", "provider": "provider:",
    "message_id": "id:", "method": "method:", "finding": "has:",
}  # fmt: skip

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaptureUrls:
    """The capture URLs, by role."""

    primary: str
    fallback: str
    status: str
    voice: str
    voice_fallback: str


class CapturedRequest:
    """One captured request. Its attributes are the fields of the API's summary, with `from` as `from_`; everything
    else is requested when it is used."""

    def __init__(self, inbox: "Inbox", summary: dict[str, Any]) -> None:
        self._inbox = inbox
        self.summary = summary

    def __getattr__(self, name: str) -> Any:
        try:
            return self.summary[name.removesuffix("_")]
        except KeyError:
            raise AttributeError(f"a hit has no {name}; it has {', '.join(self.summary)}") from None

    def __repr__(self) -> str:
        return f"<Hit {describe(self.summary)}>"

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The complete capture, as in the API."""
        found: dict[str, Any] = self._inbox.get(f"/captures/{self.summary['n']}", mask="false")
        return found

    @property
    def fields(self) -> dict[str, str]:
        """The fields of query and form, by name; of a repeated field the first value."""
        parsed = self.whole["parsed"]
        pairs = [*parsed["query"], *(parsed["form"] or [])]
        return dict(reversed(pairs))

    @property
    def json(self) -> Any:
        """The JSON of the body, or None."""
        return self.whole["parsed"]["json"]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """As received: order, case and repeats."""
        return [(name, value) for name, value in self.whole["headers"]]


class Inbox:
    """A bin that belongs to one test. Methods that wait raise AssertionError on a timeout."""

    def __init__(self, client: Client, bin: dict[str, Any], timeout_s: float = TIMEOUT_S) -> None:
        self._client = client
        self.bin = bin
        self.timeout_s = timeout_s
        self.url = CaptureUrls(**{name.replace("-", "_"): url for name, url in bin["urls"].items()})
        self.page_url: str = bin["page_url"]
        # Requests that `wait` has returned; each is returned once.
        self._returned: set[int] = set()

    @property
    def aio(self) -> "AsyncInbox":
        """The same for coroutines."""
        return AsyncInbox(self)

    def wait(self, match: str | None = None, *, count: int = 1, timeout: float | None = None, **terms: str) -> Any:
        """The next request that matches and was not returned yet; with `count` a list of that many, oldest first.

        `match` is a filter as on the page; `terms` are the same in Python: `kind`, `role`, `from_`, `to`, `text`,
        `status` (a normalised or a provider's status), `provider`, `message_id`, `method`, `finding`.
        """
        wanted = _Wanted(match, terms)
        timeout = self.timeout_s if timeout is None else timeout
        end, after, found = clock.ticks() + timeout, 0, list[CapturedRequest]()
        while True:
            left = end - clock.ticks()
            page = self._page(after, wanted.query, max(0, min(_MAX_POLL_S, int(left + 0.999))))
            after = page[-1]["n"] if page else after
            found += [
                CapturedRequest(self, item) for item in page if item["n"] not in self._returned and wanted.matches(item)
            ]
            if len(found) >= count:
                returned = found[:count]
                self._returned.update(hit.n for hit in returned)
                return returned[0] if count == 1 else returned
            if left <= 0:
                raise AssertionError(self._timeout_message(wanted, len(found), count, timeout))

    def received(self, match: str | None = None, **terms: str) -> list[CapturedRequest]:
        """All requests that match, oldest first; without a filter all of them."""
        wanted = _Wanted(match, terms)
        return [CapturedRequest(self, item) for item in self._all(wanted.query) if wanted.matches(item)]

    def assert_quiet(self, seconds: float = QUIET_S, match: str | None = None, **terms: str) -> None:
        """Assert that nothing that matches is received for this time; earlier requests do not count."""
        wanted = _Wanted(match, terms)
        before = self._all(None)
        after, end = before[-1]["n"] if before else 0, clock.ticks() + seconds
        while (left := end - clock.ticks()) > 0:
            page = self._page(after, wanted.query, max(1, min(_MAX_POLL_S, int(left + 0.999))))
            after = page[-1]["n"] if page else after
            received = [item for item in page if wanted.matches(item)]
            if received:
                raise AssertionError(f"It was not quiet: {describe(received[0])}\n{self.timeline()}")

    def otp(self, *, timeout: float | None = None, **terms: str) -> str:
        """The code in the text of the next message that has one: 4 to 8 digits."""
        timeout = self.timeout_s if timeout is None else timeout
        end = clock.ticks() + timeout
        while True:
            hit = self.wait(None, count=1, timeout=max(0.0, end - clock.ticks()), **terms)
            code = otp(hit.text or "")
            if code is not None:
                return code

    def respond(
        self,
        status: int = 200,
        body: str = "",
        headers: Sequence[tuple[str, str]] = (),
        *,
        role: str = "primary",
        delay: float = 0.0,
    ) -> None:
        """Set the answer of a role; `delay` is in seconds."""
        answer = {"status": status, "body": body, "headers": [list(pair) for pair in headers]}
        self.send("PUT", f"/answers/{role}", answer | {"delay_ms": round(delay * 1_000)})

    def fail(self, kind: str, *, role: str = "primary", count: int | None = None, **more: Any) -> None:
        """Set a fault of the API: status, hold, drop, cut, bad_xml, redirect, slow."""
        self.send("PUT", f"/faults/{role}", {"kind": kind, "count": count} | more)

    def hold(self, seconds: float, *, role: str = "primary", count: int | None = None) -> None:
        """Delay answers by this number of seconds."""
        self.fail("hold", role=role, count=count, seconds=seconds)

    def drop(self, *, role: str = "primary", count: int | None = None) -> None:
        """Close the connection without an answer."""
        self.fail("drop", role=role, count=count)

    def forward_to(
        self, url: str, match: str = "", *, roles: Sequence[str] = (), sign: str = "sent", order: str = "message",
        credentials: bool = True, timeout: int = 10,
    ) -> ForwardedRequests:  # fmt: skip
        """Forward what is received from now on to the code under test, byte for byte, and again until it has responded
        with 2xx. `sign`: `sent`, `target` or `smsbin`; `timeout`: seconds that the code may take."""
        forward = {
            "name": url[:100], "url": url, "filter": match, "roles": list(roles), "signature": sign, "order": order,
            "credentials": credentials, "timeout_s": timeout,
        }  # fmt: skip
        return ForwardedRequests(self, self.send("POST", "/forwards", forward))

    def heal(self, role: str = "primary") -> None:
        """Remove the fault, and restore the default answer."""
        self.send("DELETE", f"/faults/{role}")
        self.send("DELETE", f"/answers/{role}")

    def timeline(self) -> str:
        """What was received so far, one line for each request, for reports."""
        lines = [describe(item) for item in self._all(None)]
        return "\n".join(["What came:", *(f"  {line}" for line in lines)] if lines else ["Nothing came."])

    def get(self, path: str, **query: str | None) -> Any:
        """GET below the bin's URL in the API."""
        return self._client.get(f"/bins/{self.bin['id']}{path}", timeout_s=_POLL_TIMEOUT_S, **query)

    def send(self, method: str, path: str, value: Any = None) -> Any:
        """Another method below the bin's URL in the API."""
        return self._client.send(method, f"/bins/{self.bin['id']}{path}", value)

    def _page(self, after: int, query: str | None, wait_s: int = 0) -> list[dict[str, Any]]:
        page = self.get("/captures", after=str(after), wait=str(wait_s), q=query, limit=str(_PAGE))
        items: list[dict[str, Any]] = page["items"]
        return items

    def _all(self, query: str | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self._page(found[-1]["n"] if found else 0, query):
            found += page
        return found

    def _timeout_message(self, wanted: "_Wanted", found: int, count: int, timeout: float) -> str:
        what = wanted.query or "a request"
        many = "" if count == 1 else f" ({found} of {count} came)"
        return f"Nothing that is {what} came within {timeout:g} s{many}.\n{self.timeline()}\nSee {self.page_url}"


class AsyncInbox:
    """`Inbox` for coroutines: the same methods, to be awaited."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.url = inbox.url

    def __getattr__(self, name: str) -> Any:
        return _awaited(getattr(self._inbox, name))

    async def forward_to(self, url: str, match: str = "", **more: Any) -> "AsyncForwardedRequests":
        """As of `Inbox`; the methods of the result are awaited too."""
        return AsyncForwardedRequests(await asyncio.to_thread(self._inbox.forward_to, url, match, **more))


class AsyncForwardedRequests:
    """`ForwardedRequests` for coroutines: the same methods, to be awaited."""

    def __init__(self, forwarded: ForwardedRequests) -> None:
        self._forwarded = forwarded

    def __getattr__(self, name: str) -> Any:
        return _awaited(getattr(self._forwarded, name))


class _Wanted:
    """A search as a filter, and the provider's own status, which a filter cannot express."""

    def __init__(self, match: str | None, terms: dict[str, str]) -> None:
        unknown = [name for name in terms if name not in _KEYS and name != "status"]
        if unknown:
            raise TypeError(f"{', '.join(unknown)}: no such wish; there are {', '.join([*_KEYS, 'status'])}")
        filters = [match] if match else []
        filters += [
            _KEYS[name] + json.dumps(value, ensure_ascii=False) for name, value in terms.items() if name in _KEYS
        ]
        status = terms.get("status")
        self._word = None if status is None or status in set(Status) else status
        if status is not None and self._word is None:
            filters.append(f"status:{status}")
        self.query = " ".join(filters) or None

    def matches(self, item: dict[str, Any]) -> bool:
        """Check what the filter cannot express."""
        return self._word is None or (item["raw_status"] or "").lower() == self._word.lower()


def describe(item: dict[str, Any]) -> str:
    """A capture on one line, without characters that affect a terminal."""
    what = json.dumps(item["text"], ensure_ascii=True) if item["text"] is not None else item["raw_status"] or "–"
    answered = item["answered"]
    received = answered["status"] if answered["status"] is not None else "no response"
    fault = f" ({answered['fault']})" if answered["fault"] else ""
    parties = f"{item['from'] or '?'} → {item['to'] or '?'}"
    line = f"#{item['n']} {item['received_at']} {item['role']} {item['kind']} {parties} {what} → {received}{fault}"
    return "".join(letter if letter.isprintable() else quote(letter) for letter in line)


def _awaited(value: Any) -> Any:
    """A method as a coroutine; other values as they are."""
    return _in_thread(value) if callable(value) else value


def _in_thread(method: Callable[P, T]) -> Any:
    async def run(*args: P.args, **more: P.kwargs) -> T:
        return await asyncio.to_thread(method, *args, **more)

    return run

"""The API for tests about what a bin forwards: the attempts to send its requests to the code under test."""

from collections.abc import Sequence
from typing import Any, Protocol

from .. import clock

POLL_S = 0.05
"""The pause between two reads of the attempts."""


class Received(Protocol):
    """A request of the bin."""

    summary: dict[str, Any]


class ForwardingBin(Protocol):
    """The bin of a test."""

    timeout_s: float

    def received(self) -> Sequence[Received]:
        """All requests, oldest first."""

    def get(self, path: str, **query: str | None) -> Any:
        """GET below the bin's URL in the API."""

    def send(self, method: str, path: str, value: Any = None) -> Any:
        """Another method below the bin's URL in the API."""

    def timeline(self) -> str:
        """What was received so far."""


class ForwardedRequest:
    """One attempt to send request `n`. Its attributes are the fields of the API: `status` (None: no response, `error`
    says why), `ms`, `body`, `content_type`, `number`, `trigger`, `sent` (the headers)."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields

    def __getattr__(self, name: str) -> Any:
        try:
            return self.fields[name]
        except KeyError:
            raise AttributeError(f"an attempt has no {name}; it has {', '.join(self.fields)}") from None

    def __repr__(self) -> str:
        result = self.error if self.status is None else self.status
        return f"<Attempt {self.number} of #{self.n}: {result}>"

    @property
    def ok(self) -> bool:
        """Whether the response was a 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers that were sent, in order; credentials are masked, as the bin is set."""
        return [(name, value) for name, value in self.sent]


class ForwardedRequests:
    """A forward of the bin to `url`. `wait` raises AssertionError on a timeout."""

    def __init__(self, bin: ForwardingBin, forward: dict[str, Any]) -> None:
        self._bin = bin
        self.id: str = forward["id"]
        self.url: str = forward["url"]
        # The state of each request when its attempts were read, and those attempts.
        self._known: dict[int, tuple[Any, list[ForwardedRequest]]] = {}
        # Attempts that `wait` has returned; each is returned once.
        self._returned: set[tuple[int, int]] = set()

    def wait(self, *, count: int = 1, timeout: float | None = None) -> Any:
        """The next attempt that has ended and was not returned yet; with `count` a list of that many, oldest first."""
        timeout = self._bin.timeout_s if timeout is None else timeout
        end = clock.ticks() + timeout
        while True:
            found = [each for each in self.attempts() if (each.n, each.number) not in self._returned]
            if len(found) >= count:
                self._returned.update((each.n, each.number) for each in found[:count])
                return found[0] if count == 1 else found[:count]
            if clock.ticks() >= end:
                many = "" if count == 1 else f" ({len(found)} of {count} were)"
                text = f"Nothing was forwarded to {self.url} within {timeout:g} s{many}."
                raise AssertionError("\n".join([text, *map(repr, self.attempts()), self._bin.timeline()]))
            clock.pause(POLL_S)

    def attempts(self) -> list[ForwardedRequest]:
        """All attempts that have ended, oldest first."""
        for request in self._bin.received():
            n, state = request.summary["n"], self._state_of(request)
            if state is None or (n in self._known and self._known[n][0] == state):
                continue
            items = self._bin.get(f"/captures/{n}/attempts")["items"]
            self._known[n] = (state, [ForwardedRequest(item) for item in items if item["forward"] == self.id])
        found = [attempt for _, attempts in self._known.values() for attempt in attempts]
        return sorted(found, key=lambda attempt: (attempt.sent_at, attempt.n, attempt.number))

    def retry(self) -> None:
        """Send again immediately what failed, and what waits for its next attempt."""
        self._bin.send("POST", f"/forwards/{self.id}/resume")
        self._bin.send("POST", f"/forwards/{self.id}/retry", {})

    def stop(self) -> None:
        """Delete the forward."""
        self._bin.send("DELETE", f"/forwards/{self.id}")

    def _state_of(self, request: Received) -> dict[str, Any] | None:
        return next((each for each in request.summary["forwards"] if each["id"] == self.id), None)

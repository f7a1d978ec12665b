"""Reads captures of a bin through the API by number. Captures become visible in the order of their numbers (P3), so
a client that reads captures after a number misses nothing and gets nothing twice.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from .. import clock
from ..domain.units import rfc3339
from .client import Client, ServerUnreachable, in_path

PAGE = 500
# Below the usual read timeouts of proxies.
WAIT_S = 25
_SLACK_S = 15
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
_SINCE = re.compile(
    r"now|#\d{1,18}|\d{1,9}[smhd]|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)

Summary = dict[str, Any]


class Since(click.ParamType[str]):
    """`now`, a duration, a time, or the number after which to begin."""

    name = "WHEN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The unchanged text, if it is valid."""
        if not _SINCE.fullmatch(value):
            self.fail(f"{value!r} must be now, a duration (10m), a time (2026-11-25T14:00:00Z) or #1040.", param, ctx)
        return str(value)


@dataclass(frozen=True, slots=True)
class BinCaptures:
    """The captures of one bin."""

    client: Client
    bin_id: str

    def after(
        self,
        n: int,
        *,
        q: str | None = None,
        limit: int = PAGE,
        wait_s: int | None = None,
        timeout_s: float | None = None,
    ) -> list[Summary]:
        """The captures after `n`, oldest first; with `wait_s`, wait for the first one up to that time."""
        timeout_s = (wait_s or 0) + _SLACK_S if timeout_s is None else timeout_s
        wait = None if wait_s is None else str(wait_s)
        found = self.client.get(self._path, timeout_s=timeout_s, after=str(n), q=q, limit=str(limit), wait=wait)
        return list(found["items"])

    def newest(self, limit: int = 1) -> list[Summary]:
        """The last captures, newest first."""
        return list(self.client.get(self._path, limit=str(limit))["items"])

    def last(self) -> int:
        """The last number; 0 if there are no captures."""
        return next((item["n"] for item in self.newest()), 0)

    def whole(self, n: int) -> Summary:
        """A capture with its headers and body. Raises Missing."""
        found: Summary = self.client.get(f"{self._path}/{n}")
        return found

    def begin(self, since: str, started: datetime, *, by_the_clock: bool) -> int:
        """The number after which to begin. `now` is the start of the command; if the clocks may differ
        (`by_the_clock` is false), it is the current number."""
        if since.startswith("#"):
            return int(since[1:])
        newest = self.newest(_RECENT)
        last = newest[0]["n"] if newest else 0
        if since == "now":
            # RFC 3339 times in one format sort as text.
            early = rfc3339(started)
            recent = [item["n"] for item in newest if by_the_clock and item["received_at"] >= early]
            if len(recent) < _RECENT:
                return min(recent, default=last + 1) - 1
            since = early
        first = self.after(0, q=f"after:{since}", limit=1)
        return first[0]["n"] - 1 if first else last

    @property
    def _path(self) -> str:
        return f"/bins/{in_path(self.bin_id)}/captures"


_RECENT = 50


@dataclass(slots=True)
class RetryBackoff:
    """Retries with growing pauses. Prints on stderr when the server is lost and when it is back."""

    pause_s: float = field(default=_FIRST_PAUSE_S, init=False)
    is_lost: bool = field(default=False, init=False)

    def failed(self, error: ServerUnreachable, most_s: float = _LONGEST_PAUSE_S) -> None:
        """Print the error once, and pause for at most `most_s`."""
        if not self.is_lost:
            click.echo(f"smsbin: {error} Retrying …", err=True)
        self.is_lost = True
        # Jitter, so that many clients of one server do not come back at the same moment.
        clock.pause(max(0.0, min(self.pause_s * (0.75 + clock.dice() / 2), most_s)))
        self.pause_s = min(self.pause_s * 2, _LONGEST_PAUSE_S)

    def succeeded(self) -> None:
        """The server answers."""
        if self.is_lost:
            click.echo("smsbin: the server is reachable again.", err=True)
        self.is_lost, self.pause_s = False, _FIRST_PAUSE_S

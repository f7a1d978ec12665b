"""Searches captures with two filters, so that nothing between two requests is missed and `--fail-on` has priority
over a match.

With both filters it waits for any capture, and then applies both to the same range of numbers, so that there is no
moment in which only one is active. With one filter the server waits with that filter, and its answer is the match.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import clock
from ..errors import Invalid
from .client import Missing, ServerUnreachable, connect
from .polling import WAIT_S, BinCaptures, Summary

Find = Callable[[Summary, BinCaptures], Any]
"""Extracts the wanted value of a match. Raises LookupError if it does not exist."""

_PAGE = 100
_EARLY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRequest:
    """What `smsbin wait` was called with."""

    match: str
    count: int
    since: str
    extract: Find | None
    fail_on: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A matching capture, and the extracted value."""

    item: Summary
    value: Any


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of one search: new matches, or the capture that matches `--fail-on`."""

    matches: tuple[Match, ...] = ()
    bad: Summary | None = None


@dataclass(slots=True)
class CaptureSearch:
    """The progress: every number up to `done` was checked with both filters."""

    wanted: WaitRequest
    bin: str | None
    server: dict[str, Any]
    started: datetime
    captures: BinCaptures | None = None
    was_unreachable: bool = False
    began: int = 0
    done: int = 0
    matched: int = 0
    without_value: int = 0
    """Matches that do not count, because they have no value for `extract`."""

    @property
    def is_over(self) -> bool:
        """Whether there are as many matches as wanted."""
        return self.matched == self.wanted.count

    def search_once(self, end: float, *, immediately: bool) -> SearchResult:
        """Search once: immediately with `at_once` and for the first time, else when a capture arrives, until `end`
        at the latest. Raises ServerUnreachable."""
        if self.captures is None:
            self.captures, immediately = self._begin(), True
        left_s = 0.0 if immediately else end - clock.ticks()
        try:
            return self._search(self.captures, wait_s=max(left_s, 0))
        except ServerUnreachable:
            if left_s <= 0 or clock.ticks() < end:
                raise
            return SearchResult()  # the timeout is over, which is not an error of the server

    def _begin(self) -> BinCaptures:
        client = connect(**self.server)
        captures = BinCaptures(client, client.find_bin(self.bin)["id"])
        # The clock of another machine may differ, so `now` is the first contact with it. If the server was unreachable
        # at first, its clock is used, because otherwise captures could be missed.
        by_the_clock = client.is_local or self.was_unreachable
        self.began = self.done = captures.begin(self.wanted.since, self.started, by_the_clock=by_the_clock)
        return captures

    def _search(self, captures: BinCaptures, wait_s: float) -> SearchResult:
        last = captures.last()
        if self.wanted.fail_on is None:
            first = self._poll(captures, self.wanted.match, wait_s)
        else:
            # A capture may match either filter.
            arrived = self._poll(captures, None, wait_s) if wait_s else []
            last = max([last, *(item["n"] for item in arrived)])
            first = self._get_matching("--match", captures, self.wanted.match, self.done)
        matches, looked_at = self._choose(captures, first)
        # Requested after the matches, so that it covers at least the same captures.
        bad = self._get_matching("--fail-on", captures, self.wanted.fail_on, self.done) if self.wanted.fail_on else []
        if bad:
            return SearchResult(bad=bad[0])
        self.matched += len(matches)
        self.without_value += len(looked_at) - len(matches)
        # All captures with lower numbers than a visible one are visible too.
        self.done = max([last, self.done, *looked_at])
        return SearchResult(tuple(matches))

    def _poll(self, captures: BinCaptures, q: str | None, left_s: float) -> list[Summary]:
        """The captures that exist, or arrive within `left` seconds."""
        if not left_s:
            return self._get_matching("--match", captures, q, self.done)
        requested_at = clock.ticks()
        wait_s = min(WAIT_S, math.ceil(left_s))
        found = captures.after(
            self.done, q=q, limit=_PAGE, wait_s=wait_s, timeout_s=None if left_s > wait_s else left_s
        )
        if not found and clock.ticks() - requested_at < min(_EARLY_S, left_s):
            # A server that is stopping answers early, and so may a program that is not smsbin.
            clock.pause(min(_EARLY_S, left_s))
        return found

    def _choose(self, captures: BinCaptures, page: list[Summary]) -> tuple[list[Match], list[int]]:
        """The matches that are still wanted, oldest first, and the numbers of all captures that were checked."""
        matches: list[Match] = []
        looked_at: list[int] = []
        while page:
            for item in page:
                looked_at.append(item["n"])
                with suppress(LookupError, Missing):
                    value = self.wanted.extract(item, captures) if self.wanted.extract else None
                    matches.append(Match(item, value))
                if self.matched + len(matches) == self.wanted.count:
                    return matches, looked_at
            page = (
                self._get_matching("--match", captures, self.wanted.match, page[-1]["n"]) if len(page) == _PAGE else []
            )
        return matches, looked_at

    def _get_matching(self, flag: str, captures: BinCaptures, q: str | None, after: int) -> list[Summary]:
        try:
            return captures.after(after, q=q, limit=_PAGE)
        except Invalid as error:
            raise Invalid(*((flag if name == "q" else name, message) for name, message in error.problems)) from None

"""Looking for captures by two filters, so that nothing slips between two looks and a failure always beats a match.

With both, the wait is for any capture at all, and then both are asked over the same numbers: there is no moment in
which only one of them is listening. With one the wait itself has the filter, and its answer is the match.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import clock
from ..errors import Invalid
from .client import Missing, Unreachable, connect
from .following import WAIT_S, BinCaptures, Summary

Find = Callable[[Summary, BinCaptures], Any]
"""What is wanted of a match. LookupError: it is not there."""

_PAGE = 100
_EARLY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRequest:
    """What is waited for, as it was said."""

    match: str
    count: int
    since: str
    extract: Find | None
    fail_on: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A match, and what is wanted of it."""

    item: Summary
    value: Any


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What one look has brought: new matches, or the capture that must not have come."""

    matches: tuple[Match, ...] = ()
    bad: Summary | None = None


@dataclass(slots=True)
class CaptureSearch:
    """How far it is: every number up to `done` has been looked at, by both filters."""

    wanted: WaitRequest
    bin: str | None
    server: dict[str, Any]
    started: datetime
    captures: BinCaptures | None = None
    was_away: bool = False
    began: int = 0
    done: int = 0
    matched: int = 0
    without_value: int = 0
    """Matches that do not count, because what is wanted of them is not there."""

    @property
    def is_over(self) -> bool:
        """As many as were wanted."""
        return self.matched == self.wanted.count

    def look(self, end: float, *, at_once: bool) -> SearchResult:
        """Look: at once, as for the first time; else when something comes, until `end` at the latest. Away."""
        if self.captures is None:
            self.captures, at_once = self._begin(), True
        left = 0.0 if at_once else end - clock.ticks()
        try:
            return self._look(self.captures, wait_s=max(left, 0))
        except Unreachable:
            if left <= 0 or clock.ticks() < end:
                raise
            return SearchResult()  # the time is up, which is no failure of the server

    def _begin(self) -> BinCaptures:
        client = connect(**self.server)
        captures = BinCaptures(client, client.find_bin(self.bin)["id"])
        # Another machine's clock may differ: there, `now` is our first contact. Unless we came late, because the
        # server was away: then a clock is better than a gap.
        by_the_clock = client.is_local or self.was_away
        self.began = self.done = captures.begin(self.wanted.since, self.started, by_the_clock=by_the_clock)
        return captures

    def _look(self, captures: BinCaptures, wait_s: float) -> SearchResult:
        last = captures.last()
        if self.wanted.fail_on is None:
            first = self._poll(captures, self.wanted.match, wait_s)
        else:
            # Whatever comes may be either.
            came = self._poll(captures, None, wait_s) if wait_s else []
            last = max([last, *(item["n"] for item in came)])
            first = self._ask("--match", captures, self.wanted.match, self.done)
        matches, looked_at = self._choose(captures, first)
        # Asked after the matches, so that it sees at least what they saw.
        bad = self._ask("--fail-on", captures, self.wanted.fail_on, self.done) if self.wanted.fail_on else []
        if bad:
            return SearchResult(bad=bad[0])
        self.matched += len(matches)
        self.without_value += len(looked_at) - len(matches)
        # Whatever has a lower number than something visible is visible, too.
        self.done = max([last, self.done, *looked_at])
        return SearchResult(tuple(matches))

    def _poll(self, captures: BinCaptures, q: str | None, left: float) -> list[Summary]:
        """What is there, or comes within `left` seconds."""
        if not left:
            return self._ask("--match", captures, q, self.done)
        asked = clock.ticks()
        wait_s = min(WAIT_S, math.ceil(left))
        found = captures.after(self.done, q=q, limit=_PAGE, wait_s=wait_s, timeout_s=None if left > wait_s else left)
        if not found and clock.ticks() - asked < min(_EARLY_S, left):
            # A server that is going down answers early, and so does somebody who is no smsbin.
            clock.pause(min(_EARLY_S, left))
        return found

    def _choose(self, captures: BinCaptures, page: list[Summary]) -> tuple[list[Match], list[int]]:
        """As many matches as are still wanted, oldest first; and the numbers of all that were looked at for them."""
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
            page = self._ask("--match", captures, self.wanted.match, page[-1]["n"]) if len(page) == _PAGE else []
        return matches, looked_at

    def _ask(self, flag: str, captures: BinCaptures, q: str | None, after: int) -> list[Summary]:
        try:
            return captures.after(after, q=q, limit=_PAGE)
        except Invalid as error:
            raise Invalid(*((flag if name == "q" else name, said) for name, said in error.problems)) from None

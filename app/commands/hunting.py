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
from .client import Away, Missing, connect
from .following import WAIT_S, Captures, Summary

Find = Callable[[Summary, Captures], Any]
"""What is wanted of a match. LookupError: it is not there."""

_PAGE = 100
_EARLY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is waited for, as it was said."""

    match: str
    count: int
    since: str
    extract: Find | None
    fail_on: str | None


@dataclass(frozen=True, slots=True)
class Catch:
    """A match, and what is wanted of it."""

    item: Summary
    value: Any


@dataclass(frozen=True, slots=True)
class Look:
    """What one look has brought: new matches, or the capture that must not have come."""

    caught: tuple[Catch, ...] = ()
    bad: Summary | None = None


@dataclass(slots=True)
class Hunt:
    """How far it is: every number up to `done` has been looked at, by both filters."""

    wish: Wish
    bin: str | None
    server: dict[str, Any]
    started: datetime
    captures: Captures | None = None
    was_away: bool = False
    began: int = 0
    done: int = 0
    matched: int = 0
    lacking: int = 0
    """Matches that do not count, because what is wanted of them is not there."""

    @property
    def is_over(self) -> bool:
        """As many as were wanted."""
        return self.matched == self.wish.count

    def go_on(self, end: float, *, at_once: bool) -> Look:
        """Look: at once, as for the first time; else when something comes, until `end` at the latest. Away."""
        if self.captures is None:
            self.captures, at_once = self._begin(), True
        left = 0.0 if at_once else end - clock.ticks()
        try:
            return self._look(self.captures, wait_s=max(left, 0))
        except Away:
            if left <= 0 or clock.ticks() < end:
                raise
            return Look()  # the time is up, which is no failure of the server

    def _begin(self) -> Captures:
        client = connect(**self.server)
        captures = Captures(client, client.find_bin(self.bin)["id"])
        # Another machine's clock may differ: there, `now` is our first contact. Unless we came late, because the
        # server was away: then a clock is better than a gap.
        by_the_clock = client.is_local or self.was_away
        self.began = self.done = captures.begin(self.wish.since, self.started, by_the_clock=by_the_clock)
        return captures

    def _look(self, captures: Captures, wait_s: float) -> Look:
        last = captures.last()
        if self.wish.fail_on is None:
            first = self._poll(captures, self.wish.match, wait_s)
        else:
            # Whatever comes may be either.
            came = self._poll(captures, None, wait_s) if wait_s else []
            last = max([last, *(item["n"] for item in came)])
            first = self._ask("--match", captures, self.wish.match, self.done)
        caught, looked_at = self._choose(captures, first)
        # Asked after the matches, so that it sees at least what they saw.
        bad = self._ask("--fail-on", captures, self.wish.fail_on, self.done) if self.wish.fail_on else []
        if bad:
            return Look(bad=bad[0])
        self.matched += len(caught)
        self.lacking += len(looked_at) - len(caught)
        # Whatever has a lower number than something visible is visible, too.
        self.done = max([last, self.done, *looked_at])
        return Look(tuple(caught))

    def _poll(self, captures: Captures, q: str | None, left: float) -> list[Summary]:
        """What is there, or comes within `left` seconds."""
        if not left:
            return self._ask("--match", captures, q, self.done)
        asked = clock.ticks()
        wait_s = min(WAIT_S, math.ceil(left))
        found = captures.after(self.done, q=q, limit=_PAGE, wait_s=wait_s, patience_s=None if left > wait_s else left)
        if not found and clock.ticks() - asked < min(_EARLY_S, left):
            # A server that is going down answers early, and so does somebody who is no smsbin.
            clock.pause(min(_EARLY_S, left))
        return found

    def _choose(self, captures: Captures, page: list[Summary]) -> tuple[list[Catch], list[int]]:
        """As many matches as are still wanted, oldest first; and the numbers of all that were looked at for them."""
        caught: list[Catch] = []
        looked_at: list[int] = []
        while page:
            for item in page:
                looked_at.append(item["n"])
                with suppress(LookupError, Missing):
                    value = self.wish.extract(item, captures) if self.wish.extract else None
                    caught.append(Catch(item, value))
                if self.matched + len(caught) == self.wish.count:
                    return caught, looked_at
            page = self._ask("--match", captures, self.wish.match, page[-1]["n"]) if len(page) == _PAGE else []
        return caught, looked_at

    def _ask(self, flag: str, captures: Captures, q: str | None, after: int) -> list[Summary]:
        try:
            return captures.after(after, q=q, limit=_PAGE)
        except Invalid as error:
            raise Invalid(*((flag if name == "q" else name, said) for name, said in error.problems)) from None

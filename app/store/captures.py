"""Captures, the outcomes of their answers, and replays."""

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ..domain.annotations import AnnotationChange
from ..domain.answers.model import Answer
from ..domain.captures import Capture, CaptureRow, Change, NewCapture, NewOutcome
from ..domain.replays import Attempt, NewAttempt
from ..domain.search import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """A step over several captures, which is bounded in time, so that new captures do not wait. `handled`: how many of
    the numbers it handled, at least one; `changed` of them are different now, and `refused` are not, because they would
    have too many tags."""

    changed: int
    handled: int
    refused: int = 0


class CaptureStore(Protocol):
    """Captures, the outcomes of their answers, and replays."""

    def add_capture(self, new: NewCapture) -> asyncio.Future[int]:
        """Store a request under the bin's next `n`. It is queued when this returns and durable when the future
        resolves; the result is `n`. Raises NotFound when the bin has just been deleted. In a shared store raises Stale
        when the bin has another `answer_version` than the capture, or its fault has no hit left."""

    def note_outcome(self, new: NewOutcome) -> None:
        """Store the outcome of an answer, once for each capture. Never waits and never raises; outcomes are written
        in batches, and a read that begins now shows this one. An outcome of a deleted capture is ignored."""

    async def settle_unanswered(self, within: timedelta, note: str) -> None:
        """Write an outcome with this note for every capture that was there when the store was opened, has none, and
        was received at most `within` before the newest of them. Otherwise it would stay pending forever."""

    async def settle_between(self, since: datetime, until: datetime, note: str) -> int:
        """Write an outcome with this note for every capture that was received then and has none; returns how many.
        None of them may get one in the meantime."""

    async def get_sent_answer(self, bin_id: str, n: int) -> Answer | None:
        """The answer that was sent, or None when it was the default of the role. Raises NotFound when there is no
        such bin."""

    async def get_sent_answers(self, bin_id: str, numbers: Sequence[int]) -> Mapping[int, Answer]:
        """The same for several captures, by number. Raises NotFound when there is no such bin."""

    async def list_captures(
        self,
        bin_id: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        upto: int | None = None,
        query: Query | None = None,
        wait: bool = True,
    ) -> Sequence[CaptureRow]:
        """Newest first, below `before`; or with `after`, oldest first, above it and not above `upto`. `before` and
        `after` exclude each other. Without `wait` those that the ledger has now. Raises NotFound.

        With a `query` only the captures that match; those that are not in the search index yet are matched directly.
        Raises TooSlow when the search takes too long.
        """

    async def count_captures(self, bin_id: str, query: Query, most: int) -> int:
        """The number of captures that match. A count above `most` is returned as `most + 1`. Raises NotFound,
        TooSlow."""

    async def first_since(self, bin_id: str, at: datetime) -> int | None:
        """The number of the first capture that was received at `at` or later; None if there is none. Requests that
        arrive together may be numbered in another order than they were received, so at such a place it is one of
        them. Raises NotFound when there is no such bin."""

    async def get_capture(self, bin_id: str, n: int, *, wait: bool = True) -> Capture:
        """A complete capture. If the ledger has not processed it yet, its reading has a problem that says so. Without
        `wait` the ledger gets no time for it. Raises NotFound."""

    async def get_captures(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Capture]:
        """Several complete captures, oldest first, without those that are deleted. Raises NotFound when there is no
        such bin."""

    async def get_rows(self, bin_id: str, numbers: Sequence[int]) -> Sequence[CaptureRow]:
        """Several captures as in lists, as far as the ledger is now, oldest first. Raises NotFound when there is no
        such bin."""

    async def drop_capture(self, bin_id: str, n: int) -> None:
        """Delete one capture; its number is not used again. Raises NotFound."""

    async def drop_captures(self, bin_id: str, upto: int | None = None) -> None:
        """Delete the captures of a bin up to number `upto`, or all of them; numbering continues. Reads no longer show
        them when this returns; if others remain, they are removed in steps, and it may return before the last one.
        Raises NotFound."""

    async def drop_some(self, bin_id: str, numbers: Sequence[int]) -> StepResult:
        """One step: delete captures. Those that do not exist are passed over. Raises NotFound when there is no such
        bin."""

    async def annotate(self, bin_id: str, numbers: Sequence[int], change: AnnotationChange) -> StepResult:
        """One step: change the annotations of captures. Those that do not exist are passed over. Raises NotFound when
        there is no such bin, or when the only capture does not exist."""

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        """Changes with seq > `after`, oldest first, at most `limit`. One `Restarted` when `after` belongs to an
        earlier reading of the bin; 0 belongs to every reading. Does not wait for the ledger. Raises NotFound."""

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        """The numbers of those captures that match, for a live view with a filter. Raises NotFound, TooSlow."""

    async def add_attempt(self, bin_id: str, new: NewAttempt) -> int:
        """Store the result of a replay under the capture's next attempt number. Raises NotFound."""

    async def get_handler_attempt(self, bin_id: str, n: int) -> Attempt | None:
        """The attempt that was made while the provider waited; None: no handler was called."""

    def note_attempt(self, bin_id: str, new: NewAttempt) -> None:
        """Store an attempt soon, together with outcomes. Never waits and never raises; an attempt of a deleted capture
        is ignored."""

    async def list_attempts(self, bin_id: str, n: int, *, limit: int) -> Sequence[Attempt]:
        """The last `limit` attempts of a capture, oldest first; empty for a capture that does not exist."""

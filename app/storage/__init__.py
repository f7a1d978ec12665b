"""The Store: the one seam between smsbin and a database.

Every method is a promise that each backend keeps; `tests/storage/test_contract.py` is run against all of them.
Shared rules: a write is durable when it returns (P2); `n` and `seq` rise without gaps inside one bin because
they are taken in the transaction that writes the row (P3); an unknown bin or number is `NotFound`; a write that
cannot be made now is `StoreUnavailable`, at the latest after `COMMIT_WAIT_S`. Reads never wait for writes.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ..domain.answers import Answer, RoleAnswers
from ..domain.bins import Bin, NewBin
from ..domain.captures import Capture, CaptureRow, Change, NewCapture, NewOutcome, Reading, Role, Stamp
from ..domain.drills import Drill
from ..domain.events import Event
from ..domain.faults import ActiveFault
from ..domain.messages import Conversation, Message, Pace, Step
from ..domain.pairing import Pairing, PairingSummary, Verdict
from ..domain.replaying import Attempt, NewAttempt
from ..domain.search import Query

__all__ = ["COMMIT_WAIT_S", "Health", "Session", "Store", "Sweep", "open_store"]

# The tightest provider known gives up after 5 s (Dialpad's webhook documentation); 503 must reach it before.
COMMIT_WAIT_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. Only hashes are kept: `token_hash` names the access token that opened it."""

    hash: str
    token_hash: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What one sweep did: how many captures it removed, and whether more are due right now."""

    removed: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The store's own word on itself: `state` is "ok", "full" (writes refused for now) or "suspect" (until restart)."""

    state: str
    reason: str | None = None


class Store(Protocol):
    """Bins, captures and sessions, durable."""

    async def add_bin(self, new: NewBin) -> Bin:
        """Make a bin. Conflict: the id or the key is taken."""

    async def list_bins(self, *, limit: int, before: str | None = None) -> Sequence[Bin]:
        """Newest first; with `before`, those older than the bin of that id (NotFound when there is none)."""

    async def get_bin(self, bin_id: str) -> Bin:
        """One bin. NotFound."""

    async def find_bin_by_key(self, key: str) -> Bin | None:
        """The bin that collects under a capture key; None for a key that was never given, rotated or deleted."""

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        """Change what a user may change. NotFound."""

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        """Give the bin another capture key; the old one is unknown from the moment this returns. NotFound."""

    async def drop_bin(self, bin_id: str) -> None:
        """Delete a bin with its captures: gone from every read on return, from the disk soon after. NotFound."""

    def add_capture(self, new: NewCapture) -> asyncio.Future[Stamp]:
        """Keep a raw and its reading under the bin's next `n` and `seq`: queued on return, durable when the future
        resolves. NotFound: the bin has just been deleted."""

    def set_outcomes(self, outcomes: Sequence[NewOutcome]) -> asyncio.Future[Any]:
        """Write what became of answers, once each, under the next `seq` of their bins. Nobody has to wait: queued on
        return, durable when the future resolves. A capture that is gone is no error."""

    async def settle_unanswered(self, within: timedelta, note: str) -> Sequence[str]:
        """For a server that has just started: captures without an outcome, received at most `within` before the
        newest one, get one with this note, so that none is on its way for ever. The ids of their bins."""

    async def get_sent_answer(self, bin_id: str, n: int) -> Answer | None:
        """What went out, where it was not the default of the capture's role. NotFound: no such bin."""

    async def get_sent_answers(self, bin_id: str, numbers: Sequence[int]) -> Mapping[int, Answer]:
        """The same for several captures, by number. NotFound: no such bin."""

    # Answers and faults

    async def list_answers(self) -> Sequence[tuple[str, Role, RoleAnswers]]:
        """What users have set, of all bins."""

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        """What a role answers from now on; None: the default. NotFound."""

    async def list_faults(self) -> Sequence[ActiveFault]:
        """The faults of all bins, those that are over too, as far as nobody has dropped them. Their counts are those
        of the captures that are durable: a capture counts in its own transaction."""

    async def set_fault(self, fault: ActiveFault) -> None:
        """Set it, in the place of the role's fault, if it has one. NotFound."""

    async def drop_fault(self, fault_id: str) -> None:
        """Remove a fault. An unknown one is no error."""

    # Replays

    async def add_attempt(self, bin_id: str, new: NewAttempt) -> int:
        """Keep what came of sending a capture again, under the next number of that capture. NotFound."""

    async def list_attempts(self, bin_id: str, n: int, *, limit: int) -> Sequence[Attempt]:
        """The last `limit` attempts of a capture, oldest first; none of one that is not there."""

    async def list_captures(
        self,
        bin_id: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        query: Query | None = None,
    ) -> Sequence[CaptureRow]:
        """Newest first, below `before`; or with `after`, oldest first, above it. Never both. NotFound.

        With a `query` only what matches; captures that the search index has not reached are matched all the same.
        """

    async def get_capture(self, bin_id: str, n: int) -> Capture:
        """The whole capture. NotFound."""

    async def get_captures(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Capture]:
        """Several whole captures, oldest first; those that are gone are left out. NotFound: no such bin."""

    async def drop_capture(self, bin_id: str, n: int) -> None:
        """Delete one capture; its number is never given again. NotFound."""

    async def drop_captures(self, bin_id: str) -> None:
        """Delete all captures of a bin; numbering goes on. Gone from every read on return. NotFound."""

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        """Changes with seq > `after`, oldest first, at most `limit`: what a returning viewer missed. NotFound."""

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        """Which of these numbers are captures that match: for a live view with a filter. NotFound."""

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        """Which of these rows (`Message.id`) are messages that match. NotFound."""

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """Last changed first, with a seq below `before`; with a `query` only what matches. NotFound."""

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, query: Query | None = None
    ) -> Sequence[Message]:
        """In the order of their first event, with an `id` above `after`; with a `query` only what matches: for
        readers of everything. NotFound."""

    async def last_message_id(self) -> int:
        """The highest `id` of a message so far, over all bins: where a reader of everything stops."""

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        """One message and its timeline, oldest first; of very many captures and events the newest 500. NotFound."""

    async def events_of(self, capture: Capture) -> Sequence[Event]:
        """What a capture stated, in order."""

    async def messages_of(self, capture: Capture) -> Sequence[Message]:
        """The messages that a capture speaks of, as they stand now."""

    async def events_of_each(self, captures: Sequence[Capture]) -> Sequence[Sequence[Event]]:
        """`events_of` for several captures at once, in their order."""

    async def list_related(self, capture: Capture, *, limit: int) -> Sequence[CaptureRow]:
        """Other captures of the same messages, or of the same call, oldest first."""

    async def list_conversations(self, bin_id: str, *, limit: int, before: int | None = None) -> Sequence[Conversation]:
        """Pairs of numbers, the last changed first, with a seq below `before`. NotFound."""

    async def list_pair(
        self, bin_id: str, theirs: str, ours: str, *, limit: int, before: Message | None = None
    ) -> Sequence[Message]:
        """The messages between two numbers, the newest first, older than `before`. NotFound."""

    async def count_messages(self, bin_id: str, most: int) -> Mapping[str, int]:
        """Messages by status word, "stuck", and "waiting": queued, sending or unknown, and not stuck. A count above
        `most` is `most + 1`. NotFound."""

    async def get_pace(self, bin_id: str, limit: int) -> Pace:
        """How the last `limit` messages went: the outbound ones among them that came to an end. NotFound."""

    async def mark_stuck(self, now: datetime, limit: int = 200) -> Sequence[str]:
        """Mark at most `limit` open messages of which nothing was heard for longer than their bin allows; each takes
        a seq. The ids of the bins that changed."""

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        """The newest first, with an `id` below `before`; `only` those with one of these verdicts. NotFound."""

    async def pairings_of(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Pairing]:
        """Those that any of these captures belongs to, each once, oldest first. NotFound."""

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        """Those of captures that got a fault of this drill, oldest first, of at most 1,000 captures. NotFound."""

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        """All pairings of a bin in figures. NotFound."""

    async def mark_missing_fallbacks(self, now: datetime, limit: int = 200) -> Sequence[str]:
        """Mark at most `limit` pairings whose primary failed and whose fallback did not come in time: the pairing, its
        message and the capture, which takes a seq. The ids of the bins that changed."""

    async def index_words(self, limit: int) -> bool:
        """Let the search index take in at most `limit` more captures; True when more may wait."""

    async def sweep(self, now: datetime, default_retention: timedelta, limit: int = 500) -> Sweep:
        """Remove at most `limit` captures whose retention has run out, oldest number first, and leftovers of
        deleted bins and cleared captures. Zero retention keeps for ever."""

    async def add_drill(self, drill: Drill) -> None:
        """Keep a drill that begins now. NotFound: no such bin."""

    async def set_drill(self, drill: Drill) -> None:
        """The drill as it stands now; one whose bin is gone is no error."""

    async def list_drills(self, bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        """Newest first; with `before`, those older than the drill of that id. NotFound: no such bin or drill."""

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        """One drill. NotFound."""

    async def running_drills(self) -> Sequence[Drill]:
        """Those that have not ended, over all bins."""

    async def begin_reread(self, bin_id: str) -> None:
        """Take a bin's messages and events apart, to be made again by `reread` from its first capture to its last and
        finished by `end_reread`. Until then readers see everything as it was, and nothing is durable; any other write
        ends it, and the bin stays as it was. For a store that nobody else uses. NotFound."""

    async def reread(self, bin_id: str, again: Sequence[tuple[Capture, Reading]]) -> None:
        """Captures as they are read now, in the order of their numbers. Conflict: the rebuilding has ended."""

    async def end_reread(self, bin_id: str) -> None:
        """The bin is as it was read: durable on return, all of it. What was marked as stuck and is still open stays
        marked. Conflict."""

    async def add_session(self, session: Session) -> None:
        """Remember a signed-in browser."""

    async def find_session(self, session_hash: str) -> Session | None:
        """A session by the hash of its cookie."""

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        """Note that a session was used."""

    async def drop_session(self, session_hash: str) -> None:
        """Sign out. An unknown session is no error."""

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        """Forget the sessions of another access token, and those that were not used since `seen_before`."""

    async def probe(self) -> None:
        """A write transaction works right now, else StoreUnavailable."""

    def is_busy(self) -> bool:
        """Captures were written within the last moment: work that can wait should."""

    def health(self) -> Health:
        """The last known state, without touching the disk."""


def open_store(database: Path) -> AbstractAsyncContextManager[Store]:
    """The store of a data directory, ready to use; CannotStart names what is in the way."""
    from .sqlite import open_sqlite

    return open_sqlite(database)

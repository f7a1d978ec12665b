"""The Store: the one seam between smsbin and its storage.

Every method is a promise that each engine keeps; `tests/storage/test_contract.py` is run against all of them.
Shared rules: a write is durable when it returns (P2); `n` rises without gaps inside one bin because it is taken in the
transaction that writes the bytes (P3); an unknown bin or number is `NotFound`; a write that cannot be made now is
`StoreUnavailable`, at the latest after `COMMIT_WAIT_S`. No read takes longer than about a second: it is stopped, and
also when the task that waits for it is cancelled. What is understood follows what is kept (P11): a read waits
until it can show everything that had been acknowledged when the read began, at most `READ_WAIT_S`, and then shows what
is there.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .domain.answers.model import Answer, RoleAnswers
from .domain.bins import Bin, NewBin
from .domain.captures import Capture, CaptureRow, Change, NewCapture, NewOutcome
from .domain.drills import Drill
from .domain.faults import ActiveFault
from .domain.messages.model import Conversation, Message, Pace, Step
from .domain.pairings.model import Pairing, PairingSummary, Verdict
from .domain.replays import Attempt, NewAttempt
from .domain.roles import Role
from .domain.search import Query

# The tightest provider known gives up after 5 s (Dialpad's webhook documentation); 503 must reach it before.
COMMIT_WAIT_S = 4.0
READ_WAIT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. Only hashes are kept: `token_hash` names the access token that opened it."""

    hash: str
    token_hash: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """What one step of a sweep did: how many captures it erased, and where the next step goes on; None: all is done."""

    removed: int
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How keeping goes.

    `state`: "ok"; "full": writes are refused for now; "stopped": the log process is being started; "suspect": a write
    failed and the file is being checked; "gone": its files were deleted. `stored` and `refused` count the captures of
    the last `SECONDS`. `wal_bytes` is the size of the write-ahead log; `checkpoint` says why it cannot be copied into
    the database; `held`: a reader keeps it from being reused.
    """

    SECONDS = 10

    state: str
    reason: str | None = None
    stored: int = 0
    refused: int = 0
    wal_bytes: int = 0
    checkpoint: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStatus:
    """How the ledger follows the log.

    `state`: "ok"; "behind": for more than a second; "building": it is made again from the log; "stopped": it cannot be
    written or read, and `reason` says why. `behind` counts captures that it has not read. `done` and `total` count the
    captures of what is being built.
    """

    state: str
    reason: str | None = None
    behind: int = 0
    done: int = 0
    total: int = 0


class Store(Protocol):
    """Bins, captures, what was understood of them, what users decided."""

    def on_change(self, call: Callable[[str], None]) -> None:
        """Call this with the id of each bin that readers see changed, in the event loop."""

    async def add_bin(self, new: NewBin) -> Bin:
        """Make a bin. Conflict: the id or the key is taken."""

    async def list_bins(self, *, limit: int, before: str | None = None) -> Sequence[Bin]:
        """Newest first; with `before`, those older than the bin of that id (NotFound when there is none)."""

    async def get_bin(self, bin_id: str, *, wait: bool = True) -> Bin:
        """One bin; without `wait` counted as far as the ledger is. NotFound."""

    async def all_bins(self) -> Sequence[Bin]:
        """Every bin, without counts, in no order: for who must find a bin by its key without a read. Does not wait for
        the ledger."""

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        """Change what a user may change. NotFound."""

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        """Give the bin another capture key; the old one is unknown from the moment this returns. NotFound."""

    async def drop_bin(self, bin_id: str) -> None:
        """Delete a bin with its captures: gone from every read on return, from the disk soon after. NotFound."""

    def add_capture(self, new: NewCapture) -> asyncio.Future[int]:
        """Keep a raw under the bin's next `n`: queued on return, durable when the future resolves with it. NotFound:
        the bin has just been deleted."""

    def note_outcome(self, new: NewOutcome) -> None:
        """Keep what became of an answer, once for each capture. Never waits and never fails: written together with
        others soon, and a read that begins now shows it. One of a capture that is gone is no error."""

    async def settle_unanswered(self, within: timedelta, note: str) -> None:
        """Captures that were there at the opening and have no outcome, received at most `within` before the newest of
        them, get one with this note, so that none is on its way for ever."""

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
        upto: int | None = None,
        query: Query | None = None,
    ) -> Sequence[CaptureRow]:
        """Newest first, below `before`; or with `after`, oldest first, above it and not above `upto`. Never both.
        NotFound.

        With a `query` only what matches; captures that the search index has not reached are matched all the same.
        TooSlow: looking for it would keep others waiting.
        """

    async def get_capture(self, bin_id: str, n: int) -> Capture:
        """The whole capture. One that is kept but not read yet says so in its reading. NotFound."""

    async def get_captures(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Capture]:
        """Several whole captures, oldest first; those that are gone are left out. NotFound: no such bin."""

    async def drop_capture(self, bin_id: str, n: int) -> None:
        """Delete one capture; its number is never given again. NotFound."""

    async def drop_captures(self, bin_id: str) -> None:
        """Delete all captures of a bin; numbering goes on. Gone from every read on return. NotFound."""

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        """Changes with seq > `after`, oldest first, at most `limit`: what a returning viewer missed. One `Restarted`
        when `after` is of an earlier reading of the bin; zero is none. Does not wait for the ledger. NotFound."""

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        """Which of these numbers are captures that match: for a live view with a filter. NotFound, TooSlow."""

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        """Which of these rows (`Message.id`) are messages that match. NotFound, TooSlow."""

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """Last changed first, with a seq below `before`; with a `query` only what matches. NotFound, TooSlow."""

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, upto: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """In the order of their first event, with an `id` above `after` and not above `upto`; with a `query` only what
        matches: for readers of everything. NotFound, TooSlow."""

    async def last_message_id(self, bin_id: str) -> int:
        """The highest `id` of a message of a bin so far: where a reader of everything stops. NotFound."""

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        """One message and its timeline, oldest first; of very many captures and events the newest 500. NotFound."""

    async def messages_of(self, bin_id: str, n: int) -> Sequence[Message]:
        """The messages that a capture speaks of, as they stand now. NotFound: no such bin."""

    async def list_related(self, bin_id: str, n: int, *, limit: int) -> Sequence[CaptureRow]:
        """Other captures of the same messages, or of the same call, oldest first. NotFound: no such bin."""

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

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        """The newest first, with an `id` below `before`; `only` those with one of these verdicts. NotFound."""

    async def pairings_of(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Pairing]:
        """Those that any of these captures belongs to, each once, oldest first; without `wait` as far as the ledger is.
        NotFound."""

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        """Those of captures that got a fault of this drill, oldest first, of at most 1,000 captures. NotFound."""

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        """All pairings of a bin in figures. NotFound."""

    async def sweep(self, now: datetime, default_retention: timedelta, after: int = 0) -> SweepResult:
        """One step, of a few milliseconds: erase bytes of what was deleted, then remove captures whose retention has
        run out, oldest number first, in the bins behind `after`. Zero retention keeps for ever."""

    async def erase(self) -> SweepResult:
        """The same step without the retention: only what was deleted."""

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

    async def reread(self, bin_id: str) -> None:
        """Read every capture of a bin again from its bytes, with the provider that is set on it now, beside what is
        there: readers see that until all of it is done. Returns when the request is durable. NotFound."""

    async def rereading(self, bin_id: str) -> LedgerStatus:
        """How far that is: "building" until readers see the new reading, then "ok". NotFound."""

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
        """A write works right now, one as large as the largest that was refused lately; else StoreUnavailable."""

    def health(self) -> Health:
        """How keeping goes, as last seen, without touching the disk."""

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        """How the ledger follows, over all bins or for one of them, without touching the disk."""

    def last_seen(self) -> datetime | None:
        """The latest time that the clock was trusted to show before this start; None: never."""

    async def note_time(self, now: datetime) -> None:
        """The clock is trusted to show this time."""

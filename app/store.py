"""The Store protocol: the interface between smsbin and its storage engine.

`tests/storage/test_contract.py` runs against every engine. Rules for all methods: a write is durable when it returns
(P2); `n` has no gaps inside a bin because it is assigned in the transaction that writes the bytes (P3); an unknown
bin or number raises `NotFound`; a write that cannot be made now raises `StoreUnavailable`, after `COMMIT_WAIT_S` at
the latest. A read is stopped after about one second, and when the task that waits for it is cancelled. The ledger
follows the log (P11): a read waits at most `READ_WAIT_S` until it can show everything that was acknowledged when the
read began, and then shows what is there.
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
from .domain.reader import ReaderSettings, SigningSecret
from .domain.replays import Attempt, NewAttempt
from .domain.roles import Role
from .domain.search import Query

# The tightest provider known gives up after 5 s (Dialpad's webhook documentation); 503 must reach it before.
COMMIT_WAIT_S = 4.0
READ_WAIT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. Only hashes are stored; `token_hash` is the hash of the access token that opened the
    session."""

    hash: str
    token_hash: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The result of one step of a sweep: how many captures it erased, and the bin number at which the next step
    continues (None: the sweep is done)."""

    removed: int
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of the log.

    `state`: "ok"; "full": writes are refused for now; "stopped": the log process is being restarted; "suspect": a
    write failed and the file is being checked; "gone": its files were deleted. `stored` and `refused` count the
    captures of the last `SECONDS`. `wal_bytes` is the size of the write-ahead log; `checkpoint` is the reason why it
    cannot be copied into the database; `held`: a reader prevents its reuse.
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
    """How far the ledger has followed the log.

    `state`: "ok"; "behind": for more than a second; "building": it is being rebuilt from the log; "stopped": it
    cannot be written or read, and `reason` is set. `behind` counts captures that are not in the ledger yet. `done`
    and `total` count the captures of a rebuild.
    """

    state: str
    reason: str | None = None
    behind: int = 0
    done: int = 0
    total: int = 0


class Store(Protocol):
    """Bins, captures, messages and pairings derived from them, and what users have set."""

    def on_change(self, call: Callable[[str], None]) -> None:
        """Register a callback. It is called in the event loop with the id of each bin whose readable state has
        changed."""

    async def add_bin(self, new: NewBin) -> Bin:
        """Create a bin. Raises Conflict when the id or the key is taken."""

    async def list_bins(self, *, limit: int, before: str | None = None) -> Sequence[Bin]:
        """The newest bins first; with `before`, those older than the bin with that id. Raises NotFound when there is
        no such bin."""

    async def get_bin(self, bin_id: str, *, wait: bool = True) -> Bin:
        """One bin. Without `wait` its counts are those that the ledger has now. Raises NotFound."""

    async def all_bins(self) -> Sequence[Bin]:
        """All bins, without counts, in no particular order. Does not wait for the ledger; used to build the key
        index."""

    async def set_bin(
        self, bin_id: str, *, name: str, provider: str | None, retention: timedelta | None, stuck_after: timedelta
    ) -> Bin:
        """Change the settings of a bin. Raises NotFound."""

    async def rotate_key(self, bin_id: str, key: str) -> Bin:
        """Give the bin a new capture key; the old one is invalid when this returns. Raises NotFound."""

    async def drop_bin(self, bin_id: str) -> None:
        """Delete a bin with its captures. Reads no longer show it when this returns; its bytes are erased soon
        after. Raises NotFound."""

    def add_capture(self, new: NewCapture) -> asyncio.Future[int]:
        """Store a request under the bin's next `n`. It is queued when this returns and durable when the future
        resolves; the result is `n`. Raises NotFound when the bin has just been deleted."""

    def note_outcome(self, new: NewOutcome) -> None:
        """Store the outcome of an answer, once for each capture. Never waits and never raises; outcomes are written
        in batches, and a read that begins now shows this one. An outcome of a deleted capture is ignored."""

    async def settle_unanswered(self, within: timedelta, note: str) -> None:
        """Write an outcome with this note for every capture that was there when the store was opened, has none, and
        was received at most `within` before the newest of them. Otherwise it would stay pending forever."""

    async def get_sent_answer(self, bin_id: str, n: int) -> Answer | None:
        """The answer that was sent, or None when it was the default of the role. Raises NotFound when there is no
        such bin."""

    async def get_sent_answers(self, bin_id: str, numbers: Sequence[int]) -> Mapping[int, Answer]:
        """The same for several captures, by number. Raises NotFound when there is no such bin."""

    # Answers and faults

    async def list_answers(self) -> Sequence[tuple[str, Role, RoleAnswers]]:
        """The answers that users have set, of all bins."""

    async def set_answers(self, bin_id: str, role: Role, answers: RoleAnswers | None) -> None:
        """Set the answers of a role; None restores the default. Raises NotFound."""

    async def list_faults(self) -> Sequence[ActiveFault]:
        """The faults of all bins, including expired ones that are not removed yet. Each count is that of the durable
        captures, because it changes in the transaction of the capture."""

    async def set_fault(self, fault: ActiveFault) -> None:
        """Set the fault of a role and replace the previous one. Raises NotFound."""

    async def drop_fault(self, fault_id: str) -> None:
        """Remove a fault. An unknown id is ignored."""

    # Replays

    async def add_attempt(self, bin_id: str, new: NewAttempt) -> int:
        """Store the result of a replay under the capture's next attempt number. Raises NotFound."""

    async def list_attempts(self, bin_id: str, n: int, *, limit: int) -> Sequence[Attempt]:
        """The last `limit` attempts of a capture, oldest first; empty for a capture that does not exist."""

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
        """Newest first, below `before`; or with `after`, oldest first, above it and not above `upto`. `before` and
        `after` exclude each other. Raises NotFound.

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

    async def get_capture(self, bin_id: str, n: int) -> Capture:
        """A complete capture. If the ledger has not processed it yet, its reading has a problem that says so. Raises
        NotFound."""

    async def get_captures(self, bin_id: str, numbers: Sequence[int]) -> Sequence[Capture]:
        """Several complete captures, oldest first, without those that are deleted. Raises NotFound when there is no
        such bin."""

    async def drop_capture(self, bin_id: str, n: int) -> None:
        """Delete one capture; its number is not used again. Raises NotFound."""

    async def drop_captures(self, bin_id: str) -> None:
        """Delete all captures of a bin; numbering continues. Reads no longer show them when this returns. Raises
        NotFound."""

    async def changes_after(self, bin_id: str, after: int, limit: int = 500) -> Sequence[Change]:
        """Changes with seq > `after`, oldest first, at most `limit`. One `Restarted` when `after` belongs to an
        earlier reading of the bin; 0 belongs to every reading. Does not wait for the ledger. Raises NotFound."""

    async def matching(self, bin_id: str, query: Query, captures: Sequence[int]) -> AbstractSet[int]:
        """The numbers of those captures that match, for a live view with a filter. Raises NotFound, TooSlow."""

    async def matching_messages(self, bin_id: str, query: Query, messages: Sequence[int]) -> AbstractSet[int]:
        """The ids (`Message.id`) of those messages that match. Raises NotFound, TooSlow."""

    async def list_messages(
        self, bin_id: str, *, limit: int, before: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """The last changed first, with a seq below `before`; with a `query` only those that match. Raises NotFound,
        TooSlow."""

    async def messages_from(
        self, bin_id: str, *, after: int, limit: int, upto: int | None = None, query: Query | None = None
    ) -> Sequence[Message]:
        """In the order of their first event, with an `id` above `after` and not above `upto`; with a `query` only
        those that match. Used by exports. Raises NotFound, TooSlow."""

    async def last_message_id(self, bin_id: str) -> int:
        """The highest `id` of a message of the bin; an export ends there. Raises NotFound."""

    async def get_message(self, bin_id: str, provider: str, message_id: str) -> tuple[Message, Sequence[Step]]:
        """One message and its timeline, oldest first, limited to the newest 500 events. Raises NotFound."""

    async def messages_of(self, bin_id: str, n: int) -> Sequence[Message]:
        """The current state of the messages that a capture has events of. Raises NotFound when there is no such bin."""

    async def list_related(self, bin_id: str, n: int, *, limit: int) -> Sequence[CaptureRow]:
        """Other captures of the same messages or the same call, oldest first. Raises NotFound when there is no such
        bin."""

    async def list_conversations(self, bin_id: str, *, limit: int, before: int | None = None) -> Sequence[Conversation]:
        """Pairs of phone numbers, the last changed first, with a seq below `before`. Raises NotFound."""

    async def list_pair(
        self, bin_id: str, theirs: str, ours: str, *, limit: int, before: Message | None = None
    ) -> Sequence[Message]:
        """The messages between two phone numbers, newest first, older than `before`. Raises NotFound."""

    async def count_messages(self, bin_id: str, most: int) -> Mapping[str, int]:
        """Number of messages by status, "stuck", and "waiting" (queued, sending or unknown, and not stuck). A count
        above `most` is returned as `most + 1`. Raises NotFound."""

    async def get_pace(self, bin_id: str, limit: int) -> Pace:
        """Delivery times of the outbound messages with a final status among the last `limit` messages. Raises
        NotFound."""

    async def list_pairings(
        self, bin_id: str, *, limit: int, before: int | None = None, only: Collection[Verdict] | None = None
    ) -> Sequence[Pairing]:
        """Newest first, with an `id` below `before`; with `only`, those with one of these verdicts. Raises NotFound."""

    async def pairings_of(self, bin_id: str, numbers: Sequence[int], *, wait: bool = True) -> Sequence[Pairing]:
        """The pairings that any of these captures belongs to, each once, oldest first. Without `wait` as far as the
        ledger is now. Raises NotFound."""

    async def pairings_of_drill(self, bin_id: str, drill: str) -> Sequence[Pairing]:
        """The pairings of captures that got a fault of this drill, oldest first, limited to 1,000 captures. Raises
        NotFound."""

    async def sum_up_pairings(self, bin_id: str) -> PairingSummary:
        """Counts and gaps over all pairings of a bin. Raises NotFound."""

    async def sweep(self, now: datetime, default_retention: timedelta, after: int = 0) -> SweepResult:
        """One step of a few milliseconds: erase bytes of deleted captures, then delete captures whose retention has
        expired, lowest number first, in bins with a number above `after`. A retention of zero keeps captures
        forever."""

    async def erase(self) -> SweepResult:
        """The same step without the retention: only what is deleted already."""

    async def add_drill(self, drill: Drill) -> None:
        """Store a drill that begins now. Raises NotFound when there is no such bin."""

    async def set_drill(self, drill: Drill) -> None:
        """Store the state of a drill. A drill of a deleted bin is ignored."""

    async def list_drills(self, bin_id: str, *, limit: int, before: str | None = None) -> Sequence[Drill]:
        """Newest first; with `before`, those older than the drill with that id. Raises NotFound for an unknown bin
        or drill."""

    async def get_drill(self, bin_id: str, drill_id: str) -> Drill:
        """One drill. Raises NotFound."""

    async def running_drills(self) -> Sequence[Drill]:
        """The drills of all bins that have not ended."""

    async def reread(self, bin_id: str) -> None:
        """Parse every capture of a bin again, with the provider that is set now. Readers see the old result until
        the new one is complete. Returns when the request is durable. Raises NotFound."""

    async def rereading(self, bin_id: str) -> LedgerStatus:
        """Progress of that: "building" until readers see the new result, then "ok". Raises NotFound."""

    # How captures are parsed

    async def get_reader_settings(self, bin_id: str) -> ReaderSettings:
        """The field mapping and the secrets of a bin. Raises NotFound."""

    async def list_mappings(self) -> Sequence[tuple[str, str]]:
        """The field mappings of all bins that have one, as id of the bin and JSON."""

    async def set_mapping(self, bin_id: str, mapping: str | None) -> None:
        """Set the field mapping of a bin, as JSON; None removes it. The bin is parsed again, as by `reread`. Raises
        NotFound."""

    async def set_secret(self, bin_id: str, new: SigningSecret) -> None:
        """Add a secret, or replace the one with the same label. The bin is parsed again. Raises NotFound."""

    async def drop_secret(self, bin_id: str, label: str) -> None:
        """Remove a secret. The bin is parsed again. Raises NotFound when there is no such bin or label."""

    async def add_session(self, session: Session) -> None:
        """Store a signed-in browser."""

    async def find_session(self, session_hash: str) -> Session | None:
        """A session by the hash of its cookie, or None."""

    async def touch_session(self, session_hash: str, seen_at: datetime) -> None:
        """Record when a session was last used."""

    async def drop_session(self, session_hash: str) -> None:
        """Sign out. An unknown session is ignored."""

    async def drop_sessions(self, *, other_than_token: str, seen_before: datetime) -> None:
        """Delete the sessions of another access token, and those that were not used since `seen_before`."""

    async def probe(self) -> None:
        """Test a write of the size of the largest one that was refused recently. Raises StoreUnavailable."""

    def health(self) -> Health:
        """The last known state of the log, without a disk access."""

    def ledger_status(self, bin_id: str | None = None) -> LedgerStatus:
        """The last known state of the ledger, of all bins or of one, without a disk access."""

    def last_seen(self) -> datetime | None:
        """The latest trusted time of the wall clock before this start, or None."""

    async def note_time(self, now: datetime) -> None:
        """Record that the wall clock is trusted at this time."""

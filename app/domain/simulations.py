"""A simulation: a run of requests shaped like a provider's, with its retries and optionally with its troubles.

What is sent follows from the spec alone: the same seed gives the same messages, in the same order, at the same
intervals. Results are reported attempt by attempt.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from .signatures import Signing

MOST_MESSAGES = 100_000
MOST_A_SECOND = 500.0
MAX_EXTERNAL_RATE = 10.0
"""Messages a second to URLs that are not of this server's bins."""
MOST_RESULTS = 1_000
"""Attempts that a run keeps: the last ones."""

MOST_RUNS = 100
"""Runs that are kept: the last ones."""

MARK = "X-Smsbin-Simulation"
"""The header that marks a simulated request; its value is the run's own secret."""


class Traffic(StrEnum):
    """What a simulated provider sends."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    VOICE = "voice"


class Trouble(StrEnum):
    """What goes wrong on purpose: duplicates and losses for one request in ten (`TENTH`), the rest for every
    request."""

    DUPLICATE = "duplicate"
    SHUFFLE = "shuffle"
    LOSE = "lose"
    RAW_PLUS = "raw_plus"
    GET = "get"
    LATIN1 = "latin1"
    EMOJI = "emoji"


TENTH = 0.1
FAILED_SHARE = 0.03
"""The share of outbound messages that fail by default."""


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class SimulationSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is simulated. `sender` and `recipient` as the requests have them: inbound the sender is the customer. None
    takes fictional numbers, a new customer for each message. `text` None takes one from a small collection. `rate` is
    messages a second; `speed` divides the pauses between the requests of one message, and the time-outs."""

    provider: str
    what: Traffic
    sender: str | None = None
    recipient: str | None = None
    text: str | None = None
    media: tuple[str, ...] = ()
    count: int = 1
    rate: float = 5.0
    seed: int = 0
    trouble: frozenset[Trouble] = frozenset()
    failed_share: float = FAILED_SHARE
    speed: float = 1.0
    sign: Signing = Signing.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where the requests go; None: no such URL. For calls `primary` and `fallback` are the voice URLs.
    `named` are the same as in the portal, for bodies that name the URL: a server reaches itself by another
    address than the provider does."""

    primary: str | None = None
    fallback: str | None = None
    status: str | None = None
    named: "Targets | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationAttempt:
    """One request and its result. `status` None: no whole answer; then `error` says why in a few words. `ms` until
    the end of the answer, or until the sender gave up. `n` is the capture's number, where a bin answered. `at` is when
    the request was sent, `word` the status word of a callback."""

    message_id: str
    role: str
    at: datetime
    status: int | None
    ms: int
    ok: bool
    n: int | None = None
    error: str | None = None
    word: str | None = None


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far a run is. `total` and `sent` count messages or calls, the latter those that are complete;
    `requests` counts everything that was sent, retries and fallbacks too. `taken` are requests that some URL answered
    well in the end, `lost` those that none did; `dropped` callbacks were left out on purpose. `results` are the last
    attempts."""

    total: int
    sent: int = 0
    requests: int = 0
    taken: int = 0
    lost: int = 0
    dropped: int = 0
    state: RunState = RunState.RUNNING
    problem: str | None = None
    results: list[SimulationAttempt] = field(default_factory=list)


class StoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run as the server that plays it has written it at `written_at`, with its last results. `is_played`: not by the
    client. `own`: URLs of the user's own, where it does not play to the bin."""

    id: str
    bin_id: str
    spec: SimulationSpec
    started_at: datetime
    written_at: datetime
    ended_at: datetime | None
    is_played: bool
    progress: Progress
    own: Targets | None = None


def mark_hash(mark: bytes) -> bytes:
    """What is stored of a mark, which is a secret while its run lasts."""
    return sha256(mark).digest()

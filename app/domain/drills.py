"""A drill: faults with an end, one after the other, on one URL, and their results.

A plain drill has one step: the fault that a user chose. Measuring a provider is a series of steps, one for each kind of
failure, and each needs one message. A step is watched until every message that met the fault was accepted or no further
request is expected for it; then the fault is cleared.

All results follow from the pairings of a step, so they are available while it runs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf

import msgspec
from msgspec.structs import replace

from .faults import Fault, FaultKind
from .pairings.model import FALLBACK_WITHIN, Pairing, ended_at
from .roles import Role

STEP_LASTS = timedelta(minutes=10)
"""How long a step of a series waits for its message."""

DRILLED = (Role.PRIMARY, Role.VOICE)
"""Roles that have a fallback."""


class StepState(StrEnum):
    """`waiting`: not started. `running`: the fault is on. `watching`: the fault is over, its messages are not settled.
    `skipped`: the drill was stopped before it."""

    WAITING = "waiting"
    RUNNING = "running"
    WATCHING = "watching"
    DONE = "done"
    SKIPPED = "skipped"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The score of messages that met a fault. `recovered`: the fallback accepted it; `retried`: the primary did later;
    `lost`: neither did; `waiting`: not yet known. `duplicates`: more than one good answer. Delays are milliseconds from
    the first arrival to the one that was answered well."""

    messages: int = 0
    recovered: int = 0
    retried: int = 0
    lost: int = 0
    waiting: int = 0
    duplicates: int = 0
    delay_p50_ms: int | None = None
    delay_max_ms: int | None = None


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider did with the first message of a step. `tries`: requests on the failing URL, without those that
    followed a redirect. `gave_up_ms`: when it hung up. `fallback_ms`: when the fallback was hit; None: it was not."""

    n: int
    tries: int
    gave_up_ms: int | None
    followed: bool
    fallback_ms: int | None
    method: str
    fallback_method: str | None


class DrillStep(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a drill. Of `fault` only the manner counts until it starts: it ends `lasts_s` later. `off_at`: when
    it was found to be over."""

    title: str
    fault: Fault
    lasts_s: float
    state: StepState = StepState.WAITING
    started_at: datetime | None = None
    off_at: datetime | None = None
    ended_at: datetime | None = None
    card: Card = Card()
    manner: Manner | None = None

    @property
    def is_open(self) -> bool:
        """It is on, or watched."""
        return self.state in (StepState.RUNNING, StepState.WATCHING)


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """`measuring`: a series of steps, of one message each. `card` is of all steps together. `stopped`: a user ended it
    early."""

    id: str
    bin_id: str
    role: Role
    measuring: bool
    started_at: datetime
    steps: tuple[DrillStep, ...]
    card: Card = Card()
    ended_at: datetime | None = None
    stopped: bool = False

    @property
    def current(self) -> int | None:
        """The index of the step that is on or due; None at the end."""
        if self.ended_at is not None:
            return None
        over = (StepState.DONE, StepState.SKIPPED)
        return next((index for index, step in enumerate(self.steps) if step.state not in over), None)

    def run_of(self, index: int) -> str:
        """The name in captures that met the fault of a step."""
        return f"{self.id}.{index}"


SERIES: tuple[tuple[str, FaultKind, tuple[int, ...], float], ...] = (
    ("answers 500", FaultKind.STATUS, (500,), 0),
    ("answers 404", FaultKind.STATUS, (404,), 0),
    ("redirects (302)", FaultKind.REDIRECT, (302,), 0),
    ("answers with invalid XML", FaultKind.BAD_XML, (200,), 0),
    ("drops the connection", FaultKind.DROP, (200,), 0),
    ("holds the response", FaultKind.HOLD, (200,), 60),
)
"""The failures that a provider is measured by; the words complete "when the primary …". The answer is held for longer
than any provider is known to wait (Twilio: 15 s)."""


def plain_steps(fault: Fault, now: datetime) -> tuple[DrillStep, ...]:
    """The one step of a plain drill."""
    lasts_s = max(0.0, (fault.until - now).total_seconds())
    return (DrillStep(title=fault.effect(), fault=fault, lasts_s=lasts_s),)


def series_steps(now: datetime) -> tuple[DrillStep, ...]:
    """The steps of measuring. Their faults have no count, so that a second try fails, too."""
    return tuple(
        DrillStep(
            title=title,
            fault=Fault(kind=kind, statuses=statuses, seconds=seconds, until=now + STEP_LASTS),
            lasts_s=STEP_LASTS.total_seconds(),
        )
        for title, kind, statuses, seconds in SERIES
    )


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a step found at a moment: whether its fault is on, the pairings that met it, and whether a request
    came to the address that a redirect points to."""

    at: datetime
    is_on: bool
    pairings: tuple[Pairing, ...]
    followed: bool = False


def judge_step(drill: Drill, index: int, seen: Observed, under_way: timedelta) -> DrillStep:
    """The step after a look at it. `under_way`: how long after the end of the fault a request that met it may still be
    on its way to the ledger."""
    step, run = drill.steps[index], drill.run_of(index)
    off_at = None if seen.is_on else step.off_at or seen.at
    if off_at is None:
        is_complete = drill.measuring and bool(seen.pairings)
    else:
        is_complete = met(seen.pairings, run) >= (step.fault.count or inf) or seen.at - off_at >= under_way
    is_over = is_complete and (seen.followed or all(is_settled(pairing, seen.at) for pairing in seen.pairings))
    first = seen.pairings[0] if drill.measuring and seen.pairings else None
    return replace(
        step,
        state=StepState.DONE if is_over else StepState.RUNNING if seen.is_on else StepState.WATCHING,
        off_at=off_at,
        ended_at=seen.at if is_over else None,
        card=score(seen.pairings, seen.at),
        manner=None if first is None else manner_of(first, followed=seen.followed),
    )


def is_settled(pairing: Pairing, now: datetime, quiet_for: timedelta = FALLBACK_WITHIN) -> bool:
    """Whether no further request is expected for this message: a URL accepted it, or none came for `quiet_for`."""
    if any(hit.ok is None for hit in pairing.hits):
        return False
    if any(hit.ok for hit in pairing.fallback):
        return True
    quiet = now - max(ended_at(hit) for hit in pairing.hits) >= quiet_for
    return quiet or (not pairing.fallback and any(hit.ok for hit in pairing.primary))


def score(pairings: Sequence[Pairing], now: datetime) -> Card:
    """The score of the messages that met a fault."""
    accepted = [pairing for pairing in pairings if any(hit.ok for hit in pairing.hits)]
    delays = sorted(_delay_ms(pairing) for pairing in accepted)
    recovered = sum(any(hit.ok for hit in pairing.fallback) for pairing in accepted)
    lost = sum(is_settled(pairing, now) for pairing in pairings) - sum(is_settled(pairing, now) for pairing in accepted)
    return Card(
        messages=len(pairings),
        recovered=recovered,
        retried=len(accepted) - recovered,
        lost=lost,
        waiting=len(pairings) - len(accepted) - lost,
        duplicates=sum(sum(bool(hit.ok) for hit in pairing.hits) > 1 for pairing in accepted),
        delay_p50_ms=delays[-(-len(delays) // 2) - 1] if delays else None,
        delay_max_ms=delays[-1] if delays else None,
    )


def met(pairings: Sequence[Pairing], run: str) -> int:
    """How many requests met the fault of a step."""
    return len({hit.n for pairing in pairings for hit in pairing.hits if hit.drill == run})


def manner_of(pairing: Pairing, *, followed: bool = False) -> Manner | None:
    """What the provider did with a message whose primary failed; None where the primary was never hit. `followed`: a
    request came to the address of our redirect."""
    primary, fallback = pairing.primary, pairing.fallback
    if not primary:
        return None
    first = primary[0]
    failed = [hit for hit in primary if hit.fault is not None]
    gave_up = next((hit.left_ms for hit in primary if hit.left_ms is not None), None)
    return Manner(
        n=first.n,
        tries=len(failed),
        gave_up_ms=gave_up,
        followed=followed,
        fallback_ms=_ms(fallback[0].at - first.at) if fallback else None,
        method=first.method,
        fallback_method=fallback[0].method if fallback else None,
    )


def _delay_ms(pairing: Pairing) -> int:
    """To the first request that was answered well."""
    good = next(hit for hit in sorted(pairing.hits, key=lambda hit: hit.at) if hit.ok)
    return _ms(good.at - min(hit.at for hit in pairing.hits))


def _ms(gap: timedelta) -> int:
    return round(gap / timedelta(milliseconds=1))

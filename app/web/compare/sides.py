"""The requests of a pair: their URL, their attempt number, and their answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import timedelta

from msgspec.structs import replace

from ...domain.captures import Capture, CaptureRow
from ...domain.pairings.model import Hit, Pairing
from ...domain.pairings.wording import WAITING, disconnect_text, status_text
from ...domain.providers import PROVIDER_TITLES
from ...domain.replays import Attempt
from ...domain.roles import Role
from ...domain.units import ms_text
from ..words.wiretaps import handler_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSummary:
    """The answer: mark and word, then the details."""

    icon: str
    tone: str
    word: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRequest:
    """One of the two requests, the `nth` of the `of` on its URL; 1 of 1 when not counted."""

    role: Role
    capture: Capture
    hit: Hit
    answered: AnswerSummary
    nth: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A row of the table of all requests, which is shown for more than two."""

    role: Role
    hit: Hit
    answered: AnswerSummary
    since: str


def roles_of(pairing: Pairing) -> tuple[Role, Role]:
    """Its primary and its fallback role."""
    return (Role.VOICE, Role.VOICE_FALLBACK) if pairing.voice else (Role.PRIMARY, Role.FALLBACK)


def with_times(pairing: Pairing, captures: Sequence[Capture]) -> Pairing:
    """The pairing with the times of usual answers, which only the captures have."""
    took = {one.row.n: one.row.outcome.after_ms for one in captures if one.row.outcome is not None}
    hits = tuple(
        replace(hit, after_ms=took[hit.n]) if hit.after_ms is None and hit.n in took else hit for hit in pairing.hits
    )
    return replace(pairing, hits=hits)


def hit_of(row: CaptureRow) -> Hit:
    """A capture as the hit of a pairing."""
    outcome = row.outcome
    return Hit(
        n=row.n,
        at=row.received_at,
        fallback=row.role in (Role.FALLBACK, Role.VOICE_FALLBACK),
        method=row.method,
        ok=None if outcome is None else outcome.ok,
        status=None if outcome is None else outcome.status,
        after_ms=None if outcome is None else outcome.after_ms,
        left_ms=None if outcome is None else outcome.left_ms,
        sender_left=outcome is not None and outcome.sender_left,
        fault=None if row.fault is None else row.fault.kind,
        fault_said=None if row.fault is None else row.fault.said,
    )


def side_of(role: Role, capture: Capture, hit: Hit, pairing: Pairing | None = None) -> ComparedRequest:
    """A capture for the comparison, with its number in its pairing where it has one."""
    answered = _answered(hit, capture.row)
    if pairing is None or pairing.is_cut:
        return ComparedRequest(role=role, capture=capture, hit=hit, answered=answered)
    numbers = [one.n for one in (pairing.fallback if hit.fallback else pairing.primary)]
    nth = numbers.index(hit.n) + 1
    return ComparedRequest(role=role, capture=capture, hit=hit, answered=answered, nth=nth, of=len(numbers))


def with_handler(side: ComparedRequest, attempt: Attempt | None) -> ComparedRequest:
    """The side with what a handler of the user answered, if one was called."""
    if attempt is None:
        return side
    row = side.capture.row
    text = handler_text(attempt, row, PROVIDER_TITLES.get(row.reading.provider or "", "the provider"))
    words = f"{text[:1].lower()}{text[1:]}".removesuffix(".")
    says = "; ".join(word for word in (side.answered.says, words) if word)
    return changed(side, answered=changed(side.answered, says=says))


def tries_of(pairing: Pairing) -> tuple[Tried, ...]:
    """The requests that a pairing keeps; none when there are only the two that are compared."""
    if len(pairing.hits) < 2 or (len(pairing.primary) < 2 and len(pairing.fallback) < 2):
        return ()
    roles, zero = roles_of(pairing), pairing.hits[0].at
    return tuple(
        Tried(
            role=roles[hit.fallback],
            hit=hit,
            answered=_answered(hit),
            since=f"+{ms_text(round((hit.at - zero) / timedelta(milliseconds=1)))}" if hit.at > zero else "0 s",
        )
        for hit in pairing.hits
    )


def _answered(hit: Hit, row: CaptureRow | None = None) -> AnswerSummary:
    outcome = row.outcome if row else None
    says = [
        f"in {ms_text(hit.after_ms)}" if hit.after_ms is not None and not hit.sender_left else "",
        f"fault “{hit.fault_said}”" if hit.fault_said else "",
        f"sender disconnected{disconnect_text(hit)}" if hit.sender_left else "",
        "malformed" if outcome and not outcome.well_formed else "",
        outcome.note or "" if outcome else "",
    ]
    words = "; ".join(word for word in says if word)
    if hit.ok is None:
        return AnswerSummary(icon="dots", tone="muted", word=WAITING, says=words)
    word = "none" if hit.status is None and not hit.ok else status_text(hit)
    return AnswerSummary(icon="check" if hit.ok else "x", tone="ok" if hit.ok else "bad", word=word, says=words)

"""The JSON of pairings; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.pairings.model import FALLBACK_USED, PRIMARY_OK, PROBLEMS, Hit, PairingSummary, Verdict
from ...domain.units import rfc3339
from ...services.compare import Compared
from ..site.shapes import PARTIES, Code, Time

VerdictName = Literal[
    "primary_only", "both_ok", "fallback_after_timeout", "fallback_after_error", "fallback_only", "neither_ok",
]  # fmt: skip
RoleName = Literal["primary", "fallback", "voice", "voice-fallback"]
_ROLES: dict[tuple[bool, bool], RoleName] = {
    (False, False): "primary", (False, True): "fallback", (True, False): "voice", (True, True): "voice-fallback",
}  # fmt: skip
Gap = Annotated[
    int | None, Meta(description="From the first primary to the first fallback request; null without both.")
]
Ok = Annotated[
    bool | None,
    Meta(description="A complete, well-formed 2xx that was sent before the sender disconnected; null: pending."),
]

# The values of the parameter `only`, and the verdicts that they select.
ONLY = {"problems": PROBLEMS} | {verdict.value: (verdict,) for verdict in Verdict}


class HitShape(msgspec.Struct):
    """One capture of a pairing. `status`: what the sender got; `after_ms`: until the last byte was sent; `left_ms`:
    until the sender disconnected without the complete response; `fault`, `fault_said`: its fault, and in words."""

    n: int
    role: RoleName
    received_at: Time
    method: str
    ok: Ok
    status: int | None
    after_ms: int | None
    left_ms: int | None
    fault: str | None
    fault_said: str | None


class DifferenceShape(msgspec.Struct):
    """A field that differs between the first primary and the first fallback; null where a side has none. JSON values
    are named by their paths. `expected`: a field that always differs between deliveries."""

    field: str
    primary: str | None
    fallback: str | None
    expected: bool


class PairingShape(msgspec.Struct, rename=PARTIES):
    """One inbound message or call on the primary and the fallback URL. `reason`: the verdict in words. Of more than 32
    captures `primary`, `fallback` and `hits` have the first and the newest."""

    id: int
    kind: Literal["inbound", "voice"]
    message_id: str | None
    matched_by: Literal["message_id", "fingerprint"]
    primary: list[int]
    fallback: list[int]
    verdict: VerdictName
    gap_ms: Gap
    reason: str
    differences: list[DifferenceShape]
    provider: str | None
    sender: str | None
    recipient: str | None
    text: str | None
    findings: list[Code]
    hits: list[HitShape]


class GapShape(msgspec.Struct):
    """Milliseconds from the first primary to the first fallback, by the nearest rank; null without any."""

    p50: int | None
    p95: int | None
    max: int | None


class SummaryShape(msgspec.Struct):
    """All pairings of the bin."""

    pairs: int
    primary_ok: int
    fallback_used: int
    fallback_only: int
    neither_ok: int
    gap_ms: GapShape


class ComparisonShape(msgspec.Struct):
    """A page of pairings, newest first, with the summary of the whole bin."""

    items: list[PairingShape]
    next: str | None
    summary: SummaryShape


def show_pairing(compared: Compared) -> PairingShape:
    """A pairing with its reason and its differences."""
    pairing = compared.pairing
    return PairingShape(
        id=pairing.id,
        kind="voice" if pairing.voice else "inbound",
        message_id=pairing.message_id,
        matched_by="message_id" if pairing.by_id else "fingerprint",
        primary=[hit.n for hit in pairing.primary],
        fallback=[hit.n for hit in pairing.fallback],
        verdict=pairing.verdict.value,
        gap_ms=pairing.gap_ms,
        reason=compared.reason,
        differences=[
            DifferenceShape(each.field, each.primary, each.fallback, each.expected) for each in compared.differences
        ],
        provider=pairing.provider,
        sender=pairing.sender,
        recipient=pairing.recipient,
        text=pairing.text,
        findings=list(pairing.findings),
        hits=[_show_hit(hit, voice=pairing.voice) for hit in pairing.hits],
    )


def show_summary(summary: PairingSummary) -> SummaryShape:
    """The bin in figures."""
    return SummaryShape(
        pairs=summary.count(),
        primary_ok=summary.count(*PRIMARY_OK),
        fallback_used=summary.count(*FALLBACK_USED),
        fallback_only=summary.count(Verdict.FALLBACK_ONLY),
        neither_ok=summary.count(Verdict.NEITHER_OK),
        gap_ms=GapShape(summary.gap_p50, summary.gap_p95, summary.gap_max),
    )


def _show_hit(hit: Hit, *, voice: bool) -> HitShape:
    return HitShape(
        n=hit.n,
        role=_ROLES[voice, hit.fallback],
        received_at=rfc3339(hit.at),
        method=hit.method,
        ok=hit.ok,
        status=hit.status,
        after_ms=hit.after_ms,
        left_ms=hit.left_ms,
        fault=hit.fault,
        fault_said=hit.fault_said,
    )

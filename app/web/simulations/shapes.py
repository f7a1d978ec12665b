"""The JSON of simulations; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.signatures import Signing
from ...domain.simulations import SimulationAttempt, Traffic, Trouble
from ...domain.units import rfc3339
from ...services.simulations.runs import Run
from ..site.shapes import PARTIES, Provider, Time


class AttemptShape(msgspec.Struct):
    """One request and its response. `status` null: no complete response, see `error`. `n`: the capture."""

    message_id: str
    role: Literal["primary", "fallback", "status", "voice", "voice-fallback"]
    sent_at: Time
    word: Annotated[str | None, Meta(description="The status in a callback, in the provider's own word.")]
    status: int | None
    ms: int
    ok: Annotated[bool, Meta(description="Accepted, by the rules of this provider.")]
    error: str | None
    n: int | None


class SimulationShape(msgspec.Struct, rename=PARTIES):
    """A run. `sent` and `total` count messages or calls; `requests` counts all that was sent. `results`: the last
    1,000 attempts, oldest first."""

    id: str
    state: Literal["running", "done", "stopped", "failed"]
    provider: Provider
    what: Traffic
    sender: str | None
    recipient: str | None
    text: str | None
    media: list[str]
    count: int
    rate: float
    seed: int
    trouble: list[Trouble]
    failed_share: float
    speed: float
    sign: Signing
    started_at: Time
    ended_at: Time | None
    sent: int
    total: int
    requests: int
    taken: Annotated[int, Meta(description="Messages, calls or callbacks that a URL accepted.")]
    lost: Annotated[int, Meta(description="Messages, calls or callbacks that no URL accepted.")]
    dropped: Annotated[int, Meta(description="Callbacks that were left out on purpose.")]
    problem: str | None
    results: list[AttemptShape]
    mark: Annotated[
        str | None, Meta(description="For a run that the client sends: the value of its X-Smsbin-Simulation header.")
    ]


class SimulationList(msgspec.Struct):
    """The latest runs of a bin, newest first."""

    items: list[SimulationShape]
    next: str | None


def show_run(run: Run, *, with_mark: bool = False) -> SimulationShape:
    """The current state of a run."""
    spec, progress = run.spec, run.progress
    return SimulationShape(
        id=run.id, state=progress.state.value, provider=spec.provider, what=spec.what,
        sender=spec.sender, recipient=spec.recipient, text=spec.text, media=list(spec.media), count=spec.count,
        rate=spec.rate, seed=spec.seed, trouble=sorted(spec.trouble), failed_share=spec.failed_share,
        speed=spec.speed, sign=spec.sign, started_at=rfc3339(run.started_at),
        ended_at=None if run.ended_at is None else rfc3339(run.ended_at),
        sent=progress.sent, total=progress.total, requests=progress.requests, taken=progress.taken,
        lost=progress.lost, dropped=progress.dropped, problem=progress.problem,
        results=[_show_attempt(attempt) for attempt in progress.results], mark=run.mark if with_mark else None,
    )  # fmt: skip


def _show_attempt(attempt: SimulationAttempt) -> AttemptShape:
    return AttemptShape(
        message_id=attempt.message_id, role=attempt.role, sent_at=rfc3339(attempt.at), word=attempt.word,  # type: ignore[arg-type]
        status=attempt.status, ms=attempt.ms, ok=attempt.ok, error=attempt.error, n=attempt.n,
    )  # fmt: skip

"""The JSON of drills; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.drills import Card, Drill, DrillStep, Manner
from ...domain.units import rfc3339
from ..faults.shapes import FaultShape, show_fault_settings
from ..site.shapes import Time

DrilledRole = Literal["primary", "voice"]


class CardShape(msgspec.Struct):
    """The score of messages that got a fault. Delays: from the first request to the accepted one."""

    messages: int
    recovered: Annotated[int, Meta(description="Accepted by the fallback.")]
    retried: Annotated[int, Meta(description="Accepted by the primary at a later attempt.")]
    lost: Annotated[int, Meta(description="Not accepted.")]
    waiting: Annotated[int, Meta(description="Not yet known.")]
    duplicates: Annotated[int, Meta(description="Accepted more than once.")]
    delay_ms: dict[Literal["p50", "max"], int | None]


class MannerShape(msgspec.Struct):
    """What the provider did with the message of a step; `n` is its first capture."""

    n: int
    tries: Annotated[int, Meta(description="Requests on the failing URL.")]
    gave_up_ms: Annotated[int | None, Meta(description="When the sender disconnected; null: it did not.")]
    followed_redirect: bool
    fallback_ms: Annotated[int | None, Meta(description="When the fallback got a request; null: it got none.")]
    method: str
    fallback_method: str | None


class DrillStepShape(msgspec.Struct):
    """One fault of a drill, and its result."""

    title: str
    state: Literal["waiting", "running", "watching", "done", "skipped"]
    fault: FaultShape
    started_at: Time | None
    ended_at: Time | None
    card: CardShape
    measured: MannerShape | None


class DrillShape(msgspec.Struct):
    """Faults with an end, one after the other, and the score of the messages that got them."""

    id: str
    role: DrilledRole
    state: Literal["running", "done", "stopped"]
    measure: Annotated[bool, Meta(description="A series that measures the provider, one message per step.")]
    started_at: Time
    ended_at: Time | None
    card: CardShape
    steps: list[DrillStepShape]


class DrillList(msgspec.Struct):
    """A page of drills, newest first."""

    items: list[DrillShape]
    next: str | None


def show_drill(drill: Drill) -> DrillShape:
    """A drill as it stands."""
    return DrillShape(
        id=drill.id,
        role=drill.role.value,  # type: ignore[arg-type]  # only roles that have a fallback are drilled
        state="stopped" if drill.stopped else "running" if drill.ended_at is None else "done",
        measure=drill.measuring,
        started_at=rfc3339(drill.started_at),
        ended_at=None if drill.ended_at is None else rfc3339(drill.ended_at),
        card=_card(drill.card),
        steps=[_step(step) for step in drill.steps],
    )


def _step(step: DrillStep) -> DrillStepShape:
    return DrillStepShape(
        title=step.title,
        state=step.state.value,
        fault=show_fault_settings(step.fault),
        started_at=None if step.started_at is None else rfc3339(step.started_at),
        ended_at=None if step.ended_at is None else rfc3339(step.ended_at),
        card=_card(step.card),
        measured=None if step.manner is None else _manner(step.manner),
    )


def _card(card: Card) -> CardShape:
    delay: dict[Literal["p50", "max"], int | None] = {"p50": card.delay_p50_ms, "max": card.delay_max_ms}
    return CardShape(
        card.messages, card.recovered, card.retried, card.lost, card.waiting, card.duplicates, delay
    )  # fmt: skip


def _manner(manner: Manner) -> MannerShape:
    return MannerShape(
        manner.n, manner.tries, manner.gave_up_ms, manner.followed, manner.fallback_ms, manner.method,
        manner.fallback_method,
    )  # fmt: skip

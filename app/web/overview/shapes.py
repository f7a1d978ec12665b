"""The JSON of counts by time; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.overview import FallbackShare, FinalTimes, Overview, SourceCount
from ...domain.units import rfc3339
from ...domain.volume import IntervalCount, Volume
from ..site.shapes import RoleName, Time
from .page import meaning_of

RangeName = Literal["24h", "7d", "30d"]
Milliseconds = Annotated[int | None, Meta(description="Exact to 2.5 %; null without messages.")]


class IntervalShape(msgspec.Struct):
    """The captures of one interval. `failed`: a failed delivery, a response that was no whole 2xx, or a fault; `odd`:
    with findings, and not failed; `ok`: all others."""

    at: Time
    ok: int
    failed: int
    odd: int


class VolumeShape(msgspec.Struct):
    """The intervals from `since` to `until`, `step_s` seconds each. `filtered`: all terms of `q` were applied; false if
    that takes longer than a second: then only its times were."""

    since: Time
    until: Time
    step_s: int
    filtered: bool
    items: list[IntervalShape]


class RoleCountShape(msgspec.Struct):
    """The captures of one role."""

    role: RoleName
    ok: int
    failed: int
    odd: int


class ProviderCountShape(msgspec.Struct):
    """The captures of one provider; null: not recognized."""

    provider: str | None
    ok: int
    failed: int
    odd: int


class FailureShape(msgspec.Struct):
    """Failed outbound messages with one error code, null if the provider stated none. `meaning`: in words, if known."""

    provider: str
    code: str | None
    meaning: str | None
    messages: int


class FinalShape(msgspec.Struct):
    """Outbound messages that reached a final status in one interval, and the time since their first callback."""

    at: Time
    messages: int
    p50_ms: Milliseconds
    p95_ms: Milliseconds


class FinalSumShape(msgspec.Struct):
    """The same of the whole time."""

    messages: int
    p50_ms: Milliseconds
    p95_ms: Milliseconds


class FallbackShape(msgspec.Struct):
    """Inbound messages and calls whose first capture came in one interval, and those that the fallback took because
    the primary did not."""

    at: Time
    messages: int
    used: int


class FallbackSumShape(msgspec.Struct):
    """The same of the whole time."""

    messages: int
    used: int


class OverviewShape(msgspec.Struct):
    """What was counted from `since` to `until`, in intervals of `step_s` seconds. `failures`: the ten most frequent of
    `failed_messages`; `finals` and `fallbacks`: the intervals that have some."""

    range: RangeName
    since: Time
    until: Time
    step_s: int
    volume: list[IntervalShape]
    roles: list[RoleCountShape]
    providers: list[ProviderCountShape]
    failures: list[FailureShape]
    failed_messages: int
    final: FinalSumShape
    finals: list[FinalShape]
    fallback: FallbackSumShape
    fallbacks: list[FallbackShape]


def show_volume(volume: Volume, *, filtered: bool) -> VolumeShape:
    """A volume as JSON."""
    span = volume.span
    items = [_interval(count) for count in volume.counts]
    return VolumeShape(rfc3339(span.since), rfc3339(span.until), int(span.step.total_seconds()), filtered, items)


def show_overview(name: str, overview: Overview) -> OverviewShape:
    """An overview as JSON."""
    span, final, fallback = overview.span, overview.final, overview.fallback
    return OverviewShape(
        range=msgspec.convert(name, RangeName),
        since=rfc3339(span.since),
        until=rfc3339(span.until),
        step_s=int(span.step.total_seconds()),
        volume=[_interval(count) for count in overview.volume.counts],
        roles=[RoleCountShape(_role(one), one.ok, one.failed, one.odd) for one in overview.roles],
        providers=[ProviderCountShape(one.name, one.ok, one.failed, one.odd) for one in overview.providers],
        failures=[FailureShape(one.provider, one.code, meaning_of(one), one.messages) for one in overview.failures],
        failed_messages=overview.failed_messages,
        final=FinalSumShape(final.messages, _ms(final, 50), _ms(final, 95)),
        finals=[
            FinalShape(rfc3339(one.at), one.messages, _ms(one, 50), _ms(one, 95)) for one in overview.finals if one.at
        ],
        fallback=FallbackSumShape(fallback.pairs, fallback.used),
        fallbacks=[_fallback(one) for one in overview.fallbacks],
    )


def _interval(count: IntervalCount) -> IntervalShape:
    return IntervalShape(rfc3339(count.at), count.ok, count.failed, count.odd)


def _role(one: SourceCount) -> RoleName:
    role: RoleName = msgspec.convert(one.name, RoleName)
    return role


def _ms(one: FinalTimes, percent: int) -> int | None:
    found = one.percentile_ms(percent)
    return None if found is None else round(found)


def _fallback(one: FallbackShare) -> FallbackShape:
    assert one.at is not None, "it is of one interval"
    return FallbackShape(rfc3339(one.at), one.pairs, one.used)

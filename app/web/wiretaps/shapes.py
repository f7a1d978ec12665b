"""The JSON of wiretaps; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.wiretaps.model import Wiretap
from ...services.wiretaps.counters import Overhead


class WiretapShape(msgspec.Struct):
    """The settings of a wiretap."""

    url: str
    on_failure: Literal["mirror", "safe"]
    timeout_s: float | None
    credentials: bool
    enabled: bool


class OverheadShape(msgspec.Struct):
    """Milliseconds that smsbin added to the last answers, `count` of them since the start."""

    p50_ms: float
    p99_ms: float
    count: int


class WiretapState(msgspec.Struct):
    """The wiretap of a role. `limit_s`: seconds in which the handler must answer. `outbox`: the id of the forward that
    sends the requests which the handler has not accepted; null: there is none."""

    wiretap: Annotated[WiretapShape | None, Meta(description="null: there is none.")]
    limit_s: float
    outbox: str | None
    overhead: OverheadShape | None


def show_wiretap(
    wiretap: Wiretap | None, limit_s: float, outbox: str | None, overhead: Overhead | None
) -> WiretapState:
    """The wiretap of a role, or that there is none."""
    shape = None
    if wiretap is not None:
        shape = WiretapShape(
            url=wiretap.url, on_failure=wiretap.on_failure.value, timeout_s=wiretap.timeout_s,
            credentials=wiretap.credentials, enabled=wiretap.enabled,
        )  # fmt: skip
    added = None
    if overhead is not None:
        p50_ms, p99_ms = round(overhead.p50_s * 1_000, 2), round(overhead.p99_s * 1_000, 2)
        added = OverheadShape(p50_ms=p50_ms, p99_ms=p99_ms, count=overhead.count)
    return WiretapState(wiretap=shape, limit_s=limit_s, outbox=outbox, overhead=added)

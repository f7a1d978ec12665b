"""The JSON of the API as types: what all of it shares, bins, and this server.

The OpenAPI document's components are generated from them, and from those of captures and messages beside this module.

Every field is always present, null when unknown. Times are RFC 3339 in UTC with six decimals; `*_ms` are integers.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.bins import Bin
from ...domain.findings import FINDINGS
from ...domain.roles import Role
from ...domain.units import format_duration, rfc3339
from ..urls import capture_url, page_url

Provider = Literal[
    "ytel", "twilio", "signalwire", "plivo", "telnyx", "vonage", "bandwidth", "sinch", "messagebird", "infobip",
    "clicksend", "aws",
]  # fmt: skip
StatusName = Literal[
    "received", "unknown", "queued", "sending", "sent", "canceled", "expired", "rejected", "undelivered", "failed",
    "delivered", "read",
]  # fmt: skip
PARTIES = {"sender": "from", "recipient": "to"}
RoleName = Literal["primary", "fallback", "status", "voice", "voice-fallback"]
Time = Annotated[str, Meta(description="RFC 3339, UTC, six decimals.", examples=["2026-11-24T14:02:07.318000Z"])]
Pair = tuple[str, str]
Code = Annotated[
    str, Meta(description="A finding; later versions may add codes.", extra_json_schema={"enum": list(FINDINGS)})
]


class Urls(msgspec.Struct, rename={"voice_fallback": "voice-fallback"}):
    """The capture URLs of a bin, one per role."""

    primary: str
    fallback: str
    status: str
    voice: str
    voice_fallback: str


class BinShape(msgspec.Struct, rename={}):
    """A bin collects the requests to its capture URLs."""

    id: str
    name: str
    provider: Provider | None
    retention: Annotated[str | None, Meta(description="Duration such as 30d; 0 keeps forever; null: server default.")]
    stuck_after: Annotated[
        str, Meta(description="Time without a callback after which a message is stuck, such as 5m; 0: never.")
    ]
    created_at: Time
    captures: int
    behind: Annotated[int, Meta(description="Captures that are kept but not parsed and counted yet; usually 0.")]
    last_capture_at: Time | None
    page_url: str
    urls: Urls


class RereadShape(msgspec.Struct):
    """Progress of parsing a bin again; until it is done, the earlier results are shown."""

    state: Annotated[Literal["reading", "done"], Meta(description="reading: until the new results are shown.")]
    done: int
    total: int


class FindingShape(msgspec.Struct):
    """A finding with its cause and how to fix it."""

    code: Code
    cause: str
    cure: str


class BinList(msgspec.Struct):
    """A page of bins, newest first."""

    items: list[BinShape]
    next: str | None


class Seen(msgspec.Struct):
    """How this request arrived: the URL that its sender used, the connecting address, its forwarding headers, and
    whether they are trusted."""

    root: str
    direct: str
    forwarded: list[str]
    trusted: bool


class Info(msgspec.Struct):
    """This server."""

    version: str
    public_url: str
    retention: str
    max_body: str
    seen: Seen


class RetentionShape(msgspec.Struct):
    """How long captures are kept by default. `held`: why deletion is paused, because the clock cannot be trusted. It
    continues when a person confirms the time, or in `held_for_s` seconds."""

    retention: str
    held: str | None
    held_for_s: int | None


def show_bin(bin: Bin, root: str) -> BinShape:
    """A bin with addresses under `root`."""
    urls = {role.value.replace("-", "_"): capture_url(root, bin.key, role) for role in Role}
    return BinShape(
        id=bin.id,
        name=bin.name,
        provider=bin.provider,  # type: ignore[arg-type]  # checked where it was set
        retention=None if bin.retention is None else format_duration(bin.retention),
        stuck_after=format_duration(bin.stuck_after),
        created_at=rfc3339(bin.created_at),
        captures=bin.captures,
        behind=bin.behind,
        last_capture_at=None if bin.last_capture_at is None else rfc3339(bin.last_capture_at),
        page_url=page_url(root, bin),
        urls=Urls(**urls),
    )

"""Types that the JSON shapes of several nouns share; the OpenAPI document's components are generated from them.

Every field is always present, null when unknown. Times are RFC 3339 in UTC with six decimals; `*_ms` are integers.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.findings import FINDINGS
from ...domain.providers import PROVIDER_TITLES

Provider = Annotated[
    str, Meta(extra_json_schema={"enum": list(PROVIDER_TITLES)}, extra={"values": tuple(PROVIDER_TITLES)})
]
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


class FindingShape(msgspec.Struct):
    """A finding with its cause and how to fix it."""

    code: Code
    cause: str
    cure: str

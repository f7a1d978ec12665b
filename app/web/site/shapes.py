"""The JSON of the API as types: what all of it shares, bins, and this server.

The OpenAPI document's components are generated from them, and from those of captures and messages beside this module.

Every field is always present, null when unknown. Times are RFC 3339 in UTC with six decimals; `*_ms` are integers.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.findings import FINDINGS

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


class FindingShape(msgspec.Struct):
    """A finding with its cause and how to fix it."""

    code: Code
    cause: str
    cure: str

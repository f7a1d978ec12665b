"""The input of a call that sends captures again."""

from typing import Annotated

from msgspec import Meta

from ...domain.replays import MOST_AT_ONCE
from ...domain.signatures import Signing
from ..site.convert import Input
from ..site.inputs import HIGHEST


class ReplayInput(Input, frozen=True, kw_only=True):
    """Captures to send again, exactly as they came."""

    captures: Annotated[
        list[Annotated[int, Meta(ge=1, le=HIGHEST)]],
        Meta(
            min_length=1,
            max_length=MOST_AT_ONCE,
            description="Numbers of captures, sent one after the other in this order.",
            extra={"reason": f"must be a list of 1 to {MOST_AT_ONCE} capture numbers"},
        ),
    ]
    url: Annotated[
        str,
        Meta(
            description="http or https, on the public internet.",
            extra_json_schema={"maxLength": 2_000},
            extra={"reason": "must be an http or https address such as https://example.net/sms"},
        ),
    ]
    sign: Annotated[
        Signing,
        Meta(
            description="none: with the signature as received; valid: anew, with a secret of the bin, for the target"
            " URL; invalid: wrongly on purpose.",
            extra={"reason": f"must be one of {', '.join(Signing)}"},
        ),
    ] = Signing.NONE
    credentials: Annotated[bool, Meta(description="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")] = (
        False
    )

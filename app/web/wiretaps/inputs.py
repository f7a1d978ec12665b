"""The input of a call, or of the form, that sets a wiretap. The URL is checked by the service."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import asdict

from ...domain.wiretaps.model import MAX_TIMEOUT_S, MIN_TIMEOUT_S, OnFailure, Wiretap
from ..site.convert import Input


class WiretapInput(Input, frozen=True, kw_only=True):
    """Which program answers the requests of a role."""

    url: Annotated[
        str,
        Meta(
            description="http or https. Private addresses only where the operator allows them.",
            extra_json_schema={"maxLength": 2_000},
            extra={"reason": "must be an http or https address such as https://example.net/sms"},
        ),
    ]
    on_failure: Annotated[
        OnFailure,
        Meta(
            description="mirror: the provider gets the failure. safe: it gets the safe response, and the request is"
            " sent to the handler again later.",
            extra={"reason": f"must be one of {', '.join(OnFailure)}"},
        ),
    ] = OnFailure.MIRROR
    timeout_s: Annotated[
        Annotated[float, Meta(ge=MIN_TIMEOUT_S, le=MAX_TIMEOUT_S)] | None,
        Meta(
            description="Seconds in which the handler must answer; null: as long as the provider of the bin allows.",
            extra={"reason": f"must be a number from {MIN_TIMEOUT_S:g} to {MAX_TIMEOUT_S:g}, or null"},
        ),
    ] = None
    credentials: Annotated[bool, Meta(description="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")] = True
    enabled: Annotated[bool, Meta(description="false: smsbin answers; the settings are kept.")] = True

    @property
    def wiretap(self) -> Wiretap:
        """The settings."""
        return Wiretap(**asdict(self))

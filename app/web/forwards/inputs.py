"""The inputs of the calls, and of the form, about forwards. What depends on other fields is checked by the service."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from ...domain.forwards.model import (
    FAILED,
    MAX_NAME,
    MAX_TIMEOUT_S,
    MIN_TIMEOUT_S,
    DispatchOrder,
    DispatchState,
    EventContent,
    Forward,
    ForwardMode,
    ForwardSignature,
    Retry,
)
from ...domain.replays import Trigger
from ...domain.roles import Role
from ...domain.search import MAX_LENGTH
from ...errors import Invalid
from ..site.convert import Input
from ..site.inputs import HIGHEST

Name = Annotated[
    str,
    Meta(min_length=1, max_length=MAX_NAME, extra={"reason": f"must have 1 to {MAX_NAME} characters"}),
]
Url = Annotated[
    str,
    Meta(
        description="http or https. Private addresses only where the operator allows them.",
        extra_json_schema={"maxLength": 2_000},
        extra={"reason": "must be an http or https address such as https://example.net/sms"},
    ),
]
Filter = Annotated[
    str,
    Meta(
        description="In the filter grammar; empty: every capture.",
        extra_json_schema={"maxLength": MAX_LENGTH},
        extra={"reason": "must be a filter such as kind:inbound -is:simulated"},
    ),
]
Roles = Annotated[
    tuple[Role, ...],
    Meta(
        description="Empty: every role.",
        max_length=len(Role),
        extra={"reason": f"must be a list of {', '.join(role.value for role in Role)}"},
    ),
]
Mode = Annotated[
    ForwardMode,
    Meta(
        description="raw: the request byte for byte; event: what it states, as JSON, one request for each event.",
        extra={"reason": f"must be one of {', '.join(ForwardMode)}"},
    ),
]
Content = Annotated[
    EventContent,
    Meta(
        description="For mode event. full: everything; thin: ids only; raw: everything, and the request itself.",
        extra={"reason": f"must be one of {', '.join(EventContent)}"},
    ),
]
Order = Annotated[
    DispatchOrder,
    Meta(
        description="message: the requests of one message id one after the other; strict: all of them; none.",
        extra={"reason": f"must be one of {', '.join(DispatchOrder)}"},
    ),
]
Sign = Annotated[
    ForwardSignature,
    Meta(
        description="sent: as the provider signed; target: again for the target URL, with a secret of the bin; smsbin:"
        " by Standard Webhooks, with the secret of the forward, as events always are.",
        extra={"reason": f"must be one of {', '.join(ForwardSignature)}"},
    ),
]
Timeout = Annotated[
    int,
    Meta(
        ge=MIN_TIMEOUT_S,
        le=MAX_TIMEOUT_S,
        extra={"reason": f"must be a whole number from {MIN_TIMEOUT_S} to {MAX_TIMEOUT_S}"},
    ),
]
FollowUps = Annotated[
    bool,
    Meta(description="With mode event: also send the verdict when a fallback URL was used, and stuck messages."),
]
Number = Annotated[int, Meta(ge=1, le=HIGHEST)]


class ForwardInput(Input, frozen=True, kw_only=True):
    """A new forward."""

    name: Name
    url: Url
    filter: Filter = ""
    roles: Roles = ()
    mode: Mode = ForwardMode.RAW
    event_content: Content = EventContent.FULL
    follow_ups: FollowUps = True
    order: Order = DispatchOrder.MESSAGE
    signature: Sign = ForwardSignature.SENT
    credentials: Annotated[bool, Meta(description="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")] = (
        False
    )
    timeout_s: Timeout = 10
    paused: Annotated[bool, Meta(description="Send nothing until it is resumed.")] = False
    start: Annotated[
        Number | None,
        Meta(
            description="The number of the first capture to send; null: the next one that arrives.",
            extra={"reason": "must be the number of a capture, or null for the next one that arrives"},
        ),
    ] = None

    @property
    def forward(self) -> Forward:
        """The settings."""
        values = {name: value for name, value in asdict(self).items() if name not in ("paused", "start")}
        return Forward(**values)

    @property
    def position(self) -> int | None:
        """As the service takes it."""
        return None if self.start is None else self.start - 1


class ForwardChange(Input, frozen=True, kw_only=True):
    """Changes of a forward. What is left out stays."""

    name: Name | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    filter: Filter | UnsetType = UNSET
    roles: Roles | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    event_content: Content | UnsetType = UNSET
    follow_ups: FollowUps | UnsetType = UNSET
    order: Order | UnsetType = UNSET
    signature: Sign | UnsetType = UNSET
    credentials: bool | UnsetType = UNSET
    timeout_s: Timeout | UnsetType = UNSET
    paused: bool | UnsetType = UNSET

    def changed(self, forward: Forward) -> Forward:
        """The settings with the changes. With another mode, what is left out and only the old one has gets its
        default."""
        given = {name: value for name, value in asdict(self).items() if value is not UNSET and name != "paused"}
        if self.mode is not UNSET and self.mode is not forward.mode:
            before: dict[str, object] = {"event_content": EventContent.FULL}
            if self.mode is ForwardMode.EVENT:
                before |= {"signature": ForwardSignature.SMSBIN, "credentials": False}
            given = before | given
        return Forward(**(asdict(forward) | given))


class ForwardTest(Input, frozen=True, kw_only=True):
    """Which capture is sent to the target."""

    capture: Annotated[
        Number | None,
        Meta(
            description="Null: the last one that matches.",
            extra={"reason": "must be the number of a capture, or null for the last one that matches"},
        ),
    ] = None


class ForwardRetry(Input, frozen=True, kw_only=True):
    """Which dispatches are sent again immediately, with a new schedule. Without any field: all that failed."""

    states: Annotated[
        tuple[DispatchState, ...],
        Meta(
            description="retrying, rejected, exhausted.",
            extra={"reason": "must be a list of retrying, rejected, exhausted"},
        ),
    ] = FAILED
    since: Annotated[
        Number | None,
        Meta(
            description="From this number of a capture on.",
            extra={"reason": "must be the number of a capture, or null"},
        ),
    ] = None
    capture: Annotated[
        Number | None,
        Meta(description="Only this capture.", extra={"reason": "must be the number of a capture, or null"}),
    ] = None
    only_5xx: Annotated[bool, Meta(description="Only those whose last answer was a 5xx.")] = False

    def retry(self) -> Retry:
        """As the service takes it. Invalid."""
        allowed = (DispatchState.RETRYING, *FAILED)
        if not self.states or any(state not in allowed for state in self.states):
            raise Invalid(("states", f"must be a list of {', '.join(allowed)}"))
        if self.since is not None and self.capture is not None:
            raise Invalid(("since", "cannot be used with capture"))
        return Retry(
            states=self.states,
            trigger=Trigger.BULK if self.capture is None else Trigger.MANUAL,
            first=self.capture or self.since or 1,
            last=self.capture,
            lowest=500 if self.only_5xx else None,
            highest=599 if self.only_5xx else None,
        )

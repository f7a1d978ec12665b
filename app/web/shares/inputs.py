"""The input of a call, or of the form, that makes a share."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from ...domain.search import MAX_LENGTH
from ...domain.shares import MAX_SHARE_TIME, SharedComparison, SharedMessage, SharedPart
from ...domain.units import parse_duration
from ..site.convert import Input
from ..site.inputs import HIGHEST

_LONGEST_S = int(MAX_SHARE_TIME.total_seconds())
_NUMBER = Meta(ge=1, le=HIGHEST, extra={"reason": "must be the number of a request"})


def _check_time(given: str | int) -> None:
    if isinstance(given, str) and not timedelta(0) < parse_duration(given) <= MAX_SHARE_TIME:
        raise ValueError(f"must be longer than 0 and at most {MAX_SHARE_TIME.days}d")


class SharedMessageInput(Input, frozen=True, kw_only=True):
    """A message."""

    provider: str
    message_id: str


class SharedComparisonInput(Input, frozen=True, kw_only=True):
    """The pair of a capture or, with `m`, two captures."""

    n: Annotated[int, _NUMBER]
    m: Annotated[int, _NUMBER] | None = None


class ShareInput(Input, frozen=True, kw_only=True):
    """A share: for one of `q`, `n`, `message` and `comparison`, or without any of them for the whole bin."""

    expires_in: Annotated[
        Annotated[str, Meta(extra_json_schema={"pattern": r"^\s*(?!0+[smhd])[0-9]{1,9}[smhd]\s*$"})]
        | Annotated[int, Meta(ge=1, le=_LONGEST_S)],
        Meta(
            description=f"Such as 7d, or a number of seconds; at most {MAX_SHARE_TIME.days} days.",
            examples=["7d"],
            extra={
                "reason": f"must be a duration such as 7d, or a number of seconds from 1 to {_LONGEST_S}",
                "check": _check_time,
            },
        ),
    ]
    q: Annotated[
        str | None,
        Meta(
            description="The captures that match a filter.",
            extra_json_schema={"maxLength": MAX_LENGTH},
            extra={"reason": "must be a filter such as status:failed"},
        ),
    ] = None
    n: Annotated[Annotated[int, _NUMBER] | None, Meta(description="One capture.")] = None
    message: Annotated[SharedMessageInput | None, Meta(description="One message.")] = None
    comparison: Annotated[SharedComparisonInput | None, Meta(description="One comparison.")] = None
    mask: Annotated[
        bool,
        Meta(
            description="Mask numbers, codes and links, and the fields that the bin masks, and leave out the body."
            " Headers with credentials are always masked."
        ),
    ] = True

    @property
    def time(self) -> timedelta:
        """How long it is open."""
        return (
            parse_duration(self.expires_in) if isinstance(self.expires_in, str) else timedelta(seconds=self.expires_in)
        )

    @property
    def part(self) -> SharedPart:
        """What it is for."""
        message, pair = self.message, self.comparison
        return SharedPart(
            q=None if self.q is None else self.q.strip(),
            n=self.n,
            message=None if message is None else SharedMessage(message.provider, message.message_id),
            comparison=None if pair is None else SharedComparison(pair.n, pair.m),
        )

"""The input of a call, or of the form, that makes a token."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from msgspec import Meta

from ...domain.access import AccessRole
from ...domain.units import MAX_DURATION, parse_duration
from ...services.tokens import MOST_BINS, MOST_NAME
from ..site.convert import Input
from ..site.names import NAME, check_name

_LONGEST_S = int(MAX_DURATION.total_seconds())


def _check_time(given: str | int | None) -> None:
    if isinstance(given, str) and not parse_duration(given):
        raise ValueError("must be longer than 0; leave it out for a token without an end")


class TokenInput(Input, frozen=True, kw_only=True):
    """A token: its name, what it may do, with which bins, and for how long."""

    name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MOST_NAME,
            description="Unique. It is shown where the token was used.",
            extra_json_schema={"pattern": NAME},
            extra={
                "reason": f"must be a string of 1 to {MOST_NAME} characters",
                "check": partial(check_name, most=MOST_NAME),
            },
        ),
    ]
    role: Annotated[
        AccessRole,
        Meta(
            description="`read`: see everything. `write`: change bins and send requests, too. `admin`: also tokens,"
            " sessions and what concerns the whole server."
        ),
    ]
    bins: Annotated[
        Annotated[list[str], Meta(min_length=1, max_length=MOST_BINS)] | None,
        Meta(
            description="Ids of bins. For this token others do not exist. null: all bins.",
            extra={"reason": f"must be null (all bins) or a list of 1 to {MOST_BINS} ids of bins"},
        ),
    ] = None
    expires_in: Annotated[
        Annotated[str, Meta(extra_json_schema={"pattern": r"^\s*(?!0+[smhd])[0-9]{1,9}[smhd]\s*$"})]
        | Annotated[int, Meta(ge=1, le=_LONGEST_S)]
        | None,
        Meta(
            description="Such as 30d, or a number of seconds. null: it does not expire.",
            examples=["30d"],
            extra={
                "reason": f"must be null, a duration such as 30d, or a number of seconds from 1 to {_LONGEST_S}",
                "check": _check_time,
            },
        ),
    ] = None

    @property
    def time(self) -> timedelta | None:
        """How long it is valid; None: without an end."""
        if self.expires_in is None:
            return None
        return (
            parse_duration(self.expires_in) if isinstance(self.expires_in, str) else timedelta(seconds=self.expires_in)
        )

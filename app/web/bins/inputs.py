"""The input of a call, or of a form, that makes or changes a bin."""

from datetime import timedelta
from functools import partial
from typing import Annotated, TypedDict

from msgspec import UNSET, Meta, UnsetType

from ...domain.bins import NAME_LENGTH
from ...domain.providers import PROVIDER_TITLES
from ...domain.units import MAX_DURATION, parse_duration
from ..site.convert import Input
from ..site.names import DURATION, NAME, check_name
from ..site.shapes import Provider

_LONGEST = f"at most {MAX_DURATION.days} days"


class BinFields(TypedDict, total=False):
    """Those that were given, as the services take them."""

    name: str
    provider: str | None
    retention: timedelta | None
    stuck_after: timedelta


def _check_duration(text: str | None) -> None:
    if text is not None:
        parse_duration(text)


class BinInput(Input, frozen=True, kw_only=True):
    """The settings of a bin. Fields that are left out keep their value, or get the default."""

    name: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=NAME_LENGTH,
                description='Default: "Bin N".',
                extra_json_schema={"pattern": NAME},
                extra={"check": partial(check_name, most=NAME_LENGTH)},
            ),
        ]
        | UnsetType
    ) = UNSET
    provider: (
        Annotated[
            Provider | None,
            Meta(
                description="null: detect from the requests.",
                extra={"reason": f"must be null (detect) or one of {', '.join(PROVIDER_TITLES)}"},
            ),
        ]
        | UnsetType
    ) = UNSET
    retention: (
        Annotated[
            str | None,
            Meta(
                description=f"Such as 30d, {_LONGEST}; 0 keeps forever; null uses the server default.",
                examples=["30d"],
                extra_json_schema={"pattern": DURATION},
                extra={
                    "reason": "must be a duration such as 30d, 0 (forever) or null (server default)",
                    "check": _check_duration,
                },
            ),
        ]
        | UnsetType
    ) = UNSET
    stuck_after: (
        Annotated[
            str,
            Meta(
                description="An outbound message without a callback for this long is stuck."
                f" Such as 5m, the default; {_LONGEST}; 0: never.",
                examples=["5m"],
                extra_json_schema={"pattern": DURATION},
                extra={"reason": "must be a duration such as 5m, or 0 (never)", "check": _check_duration},
            ),
        ]
        | UnsetType
    ) = UNSET

    def fields(self) -> BinFields:
        """What was given; nothing for what was left out."""
        given = BinFields()
        if self.name is not UNSET:
            given["name"] = self.name.strip()
        if self.provider is not UNSET:
            given["provider"] = self.provider
        if self.retention is not UNSET:
            given["retention"] = None if self.retention is None else parse_duration(self.retention)
        if self.stuck_after is not UNSET:
            given["stuck_after"] = parse_duration(self.stuck_after)
        return given

"""Which captures a call is about: the ones that are listed, or all that match a filter up to a number."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from ... import clock
from ...domain.search import MAX_LENGTH, parse_query, settle
from ...services.selections import MAX_NUMBERS, Selection
from .convert import Input
from .inputs import HIGHEST

WHICH = "needs either numbers, or upto with an optional filter q"

Number = Annotated[int, Meta(ge=0, le=HIGHEST)]
Numbers = Annotated[
    tuple[Number, ...],
    Meta(max_length=MAX_NUMBERS, extra={"reason": f"must be a list of at most {MAX_NUMBERS} whole numbers"}),
]


def _check_time(text: str | None) -> None:
    if text is not None:
        _time(text)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a time such as 2026-11-25T14:00:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class SelectionInput(Input, frozen=True, kw_only=True):
    """Captures by `numbers`, or those that match the filter `q` (none: all) up to `upto`."""

    numbers: Numbers = ()
    q: Annotated[str, Meta(description="A filter.", extra_json_schema={"maxLength": MAX_LENGTH})] = ""
    upto: Annotated[
        Number | None, Meta(description="The last number: later captures are not changed. Required without `numbers`.")
    ] = None
    at: Annotated[
        str | None,
        Meta(
            description="The time, RFC 3339, from which `10m` in the filter counts; now if it is not given.",
            extra={"check": _check_time},
        ),
    ] = None
    after: Annotated[Number, Meta(description="The `next` of the previous call; only captures above it.")] = 0
    without: Annotated[Numbers, Meta(description="Numbers to leave out.")] = ()

    def __post_init__(self) -> None:
        if bool(self.numbers) == (self.upto is not None) or (self.numbers and (self.q.strip() or self.without)):
            raise ValueError(WHICH)

    def selection(self) -> Selection:
        """As the input of a service. WrongTerm."""
        now = clock.now() if self.at is None else _time(self.at)
        query = settle(parse_query(self.q), now)
        return Selection(
            numbers=self.numbers, upto=self.upto, query=query if query.terms else None, after=self.after,
            without=frozenset(self.without),
        )  # fmt: skip


class DeleteInput(SelectionInput, frozen=True, kw_only=True):
    """Captures to delete."""

    whole: Annotated[
        bool,
        Meta(description="Return when all are deleted. They are, even if the client disconnects before that."),
    ] = False

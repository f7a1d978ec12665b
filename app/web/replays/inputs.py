"""The input of a call that sends captures again."""

from typing import Annotated

from msgspec import Meta

from ... import clock
from ...domain.captures import Capture
from ...domain.edits import MOST_FIELDS, RequestEdit, checked_headers
from ...domain.replays import MOST_AT_ONCE
from ...domain.signatures import Signing
from ...services.edits import by_names, new_ids
from ..site.convert import Input
from ..site.inputs import HIGHEST, TargetUrl
from ..site.shapes import Pair


class EditInput(Input, frozen=True, kw_only=True):
    """Changes to the first of the captures. What is not named is sent as received."""

    fields: Annotated[
        tuple[Pair, ...],
        Meta(
            description="Pairs of the name of a field, of the query or of a form, and its new value.",
            max_length=MOST_FIELDS,
            extra={"reason": 'must be a list of pairs, such as [["To", "+19495550142"]]'},
        ),
    ] = ()
    headers: Annotated[
        tuple[Pair, ...] | None,
        Meta(
            description="All headers, except credentials and those of the connection.",
            extra={"reason": 'must be a list of pairs, such as [["Content-Type", "text/xml"]]'},
        ),
    ] = None
    body: Annotated[str | None, Meta(description="A new body, sent as UTF-8.")] = None
    new_message_id: Annotated[bool, Meta(description="Replace each message id by a new one of the same shape.")] = False

    def for_capture(self, capture: Capture) -> RequestEdit:
        """The changes for this capture. Invalid."""
        return RequestEdit(
            fields=by_names(capture.raw, self.fields),
            headers=None if self.headers is None else checked_headers(self.headers),
            body=self.body,
            ids=new_ids(capture, clock.new_id()) if self.new_message_id else {},
        )


class ReplayInput(Input, frozen=True, kw_only=True):
    """Captures to send again, exactly as they came, or the first of them with changes."""

    captures: Annotated[
        list[Annotated[int, Meta(ge=1, le=HIGHEST)]],
        Meta(
            min_length=1,
            max_length=MOST_AT_ONCE,
            description="Numbers of captures, sent one after the other in this order.",
            extra={"reason": f"must be a list of 1 to {MOST_AT_ONCE} capture numbers"},
        ),
    ]
    url: TargetUrl
    sign: Annotated[
        Signing,
        Meta(
            description="none: with the signature as received; valid: again for the target URL, with a secret of"
            " the bin; invalid: wrongly on purpose.",
            extra={"reason": f"must be one of {', '.join(Signing)}"},
        ),
    ] = Signing.NONE
    credentials: Annotated[bool, Meta(description="Also send Authorization, Cookie, Proxy-* and X-Forwarded-*.")] = (
        False
    )
    edit: Annotated[EditInput | None, Meta(description="Null: as received.")] = None

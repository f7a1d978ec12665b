"""The JSON of shares; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from ...domain.shares import Share, SharedPart
from ...domain.units import rfc3339
from ..site.shapes import Time


class SharedMessageShape(msgspec.Struct):
    """A message."""

    provider: str
    message_id: str


class SharedComparisonShape(msgspec.Struct):
    """The pair of a capture or, with `m`, two captures."""

    n: int
    m: int | None


class ShareShape(msgspec.Struct, kw_only=True):
    """A share, without its link. It is for one of `q`, `n`, `message` and `comparison`, or for the whole bin. `views`
    and `last_viewed_at` may be a few seconds late after a crash."""

    id: str
    q: str | None
    n: int | None
    message: SharedMessageShape | None
    comparison: SharedComparisonShape | None
    mask: bool
    created_by: str
    created_at: Time
    expires_at: Time
    views: int
    last_viewed_at: Time | None


class NewShareShape(ShareShape, kw_only=True):
    """A new share, with its link."""

    url: Annotated[str, Meta(description="Only in this response: smsbin stores a hash.")]


class ShareList(msgspec.Struct):
    """The shares of a bin that have not ended, the newest first."""

    items: list[ShareShape]


def show_share(share: Share) -> ShareShape:
    """One share."""
    return ShareShape(**_facts(share))


def show_new_share(share: Share, url: str) -> NewShareShape:
    """A share with its link."""
    return NewShareShape(**_facts(share), url=url)


def show_shares(shares: Sequence[Share]) -> ShareList:
    """Several."""
    return ShareList([show_share(share) for share in shares])


def _facts(share: Share) -> dict[str, Any]:
    part = share.part or SharedPart()
    message, pair = part.message, part.comparison
    return {
        "id": share.id,
        "q": part.q,
        "n": part.n,
        "message": None if message is None else SharedMessageShape(message.provider, message.message_id),
        "comparison": None if pair is None else SharedComparisonShape(pair.n, pair.m),
        "mask": share.masked,
        "created_by": share.made_by,
        "created_at": rfc3339(share.made_at),
        "expires_at": rfc3339(share.expires_at),
        "views": share.views,
        "last_viewed_at": None if share.viewed_at is None else rfc3339(share.viewed_at),
    }

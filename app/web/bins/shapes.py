"""The JSON of bins; the OpenAPI document's components are generated from these types."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ...domain.bins import Bin
from ...domain.roles import Role
from ...domain.units import format_duration, rfc3339
from ..site.shapes import Provider, Time
from ..site.urls import capture_url, page_url


class BinUrls(msgspec.Struct, rename={"voice_fallback": "voice-fallback"}):
    """The capture URLs of a bin, one per role."""

    primary: str
    fallback: str
    status: str
    voice: str
    voice_fallback: str


class BinShape(msgspec.Struct, rename={}):
    """A bin collects the requests to its capture URLs."""

    id: str
    name: str
    provider: Provider | None
    retention: Annotated[str | None, Meta(description="Duration such as 30d; 0 keeps forever; null: server default.")]
    stuck_after: Annotated[
        str, Meta(description="Time without a callback after which a message is stuck, such as 5m; 0: never.")
    ]
    created_at: Time
    captures: int
    behind: Annotated[int, Meta(description="Captures that are kept but not parsed and counted yet; usually 0.")]
    last_capture_at: Time | None
    page_url: str
    urls: BinUrls


class RereadShape(msgspec.Struct):
    """Progress of parsing a bin again; until it is done, the earlier results are shown."""

    state: Annotated[Literal["reading", "done"], Meta(description="reading: until the new results are shown.")]
    done: int
    total: int


class BinList(msgspec.Struct):
    """A page of bins, newest first."""

    items: list[BinShape]
    next: str | None


def show_bin(bin: Bin, root: str) -> BinShape:
    """A bin with addresses under `root`."""
    urls = {role.value.replace("-", "_"): capture_url(root, bin.key, role) for role in Role}
    return BinShape(
        id=bin.id,
        name=bin.name,
        provider=bin.provider,
        retention=None if bin.retention is None else format_duration(bin.retention),
        stuck_after=format_duration(bin.stuck_after),
        created_at=rfc3339(bin.created_at),
        captures=bin.captures,
        behind=bin.behind,
        last_capture_at=None if bin.last_capture_at is None else rfc3339(bin.last_capture_at),
        page_url=page_url(root, bin),
        urls=BinUrls(**urls),
    )

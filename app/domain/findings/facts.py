"""The input of the findings: plain facts, so that the rules depend neither on parsers nor on data sheets."""

from collections.abc import Mapping

import msgspec

from ..captures import RawRequest
from ..events import Event
from ..roles import Role


class Facts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A capture and its reading.

    `pairs` are the names and values in order, as sent; `fields` the first value of each, names in lower case.
    `loose_word`: an unknown status word in a request that names no message. `json_cut`: the JSON ended
    early. `charset` is what the body declares (None: nothing), `charset_fits` false where the bytes are something
    else. `shape_declared` and `shape_found` name the shape of the content type and that of the body
    ("a form", "JSON", "XML", "multipart"); None: nothing that is read here.
    """

    raw: RawRequest
    role: Role
    provider: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, str] = msgspec.field(default_factory=dict)
    events: tuple[Event, ...] = ()
    loose_word: str | None = None
    json_cut: bool = False
    charset: str | None = None
    charset_fits: bool = True
    shape_declared: str | None = None
    shape_found: str | None = None

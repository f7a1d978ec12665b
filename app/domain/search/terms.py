"""The terms of a query. Positions count characters from 1; equality ignores them.

Each value keeps its `raw` spelling, so that a query can be written as its author wrote it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from ..findings import FINDINGS
from ..providers import CUSTOM, GENERIC, PROVIDER_TITLES
from ..results import CaptureResult
from ..roles import Kind, Role
from ..signatures import SignatureVerdict
from ..statuses import Status
from .tokens import Phrases

ANY = "any"
"""The value of `has:` that matches any finding."""

VALUES: dict[str, tuple[str, ...]] = {
    "status": tuple(status.value for status in Status),
    "role": tuple(role.value for role in Role),
    "kind": tuple(kind.value for kind in Kind),
    "provider": (*PROVIDER_TITLES, CUSTOM, GENERIC),
    "method": ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
    "has": (ANY, *FINDINGS),
    "is": ("simulated", "pinned"),
    "signature": tuple(verdict.value for verdict in SignatureVerdict),
    "result": tuple(result.value for result in CaptureResult),
    "forward": ("delivered", "retrying", "waiting", "held", "failed", "rejected", "exhausted"),
}
"""The keys with a fixed set of values, and the values."""

PATTERNS = ("from", "to", "id", "tag", "target")
TEXTS = ("text", "note")
MOMENTS = ("after", "before")
KEYS = (
    "from:", "to:", "text~", "status:", "role:", "kind:", "provider:", "id:", "method:", "has:", "after:", "before:",
    "size:", "is:", "signature:", "result:", "tag:", "note~", "forward:", "target:",
)  # fmt: skip
"""Every key with its sign, in the order of the help."""

OF_FORWARDS = ("forward", "target")
"""The keys about dispatches: a capture that is arriving has none."""

EXAMPLES = {
    "from:": ("from:+1415*", "sender: a number in any format or a name; * for its beginning"),
    "to:": ("to:+19495550142", "recipient, written in the same way"),
    "text~": ('text~"your code"', "words or a phrase in the text only"),
    "status:": ("status:failed,undelivered", "one of several statuses"),
    "role:": ("role:fallback", "the URL that received the request"),
    "kind:": ("kind:inbound", "what the request is"),
    "provider:": ("provider:twilio", "the provider that sent it"),
    "id:": ("id:SM12*", "message id; * for its beginning"),
    "method:": ("method:GET", "HTTP method"),
    "has:": ("has:any", "any finding, or the code of one"),
    "after:": ("after:10m", "since a time, a time ago, or #1040"),
    "before:": ("before:2026-11-25T14:00:00Z", "before a time, a time ago, or #1040"),
    "size:": ("size:>1KiB", "bytes of the body, also <=512 or 100..200"),
    "is:": ("is:pinned", "what it is besides its content"),
    "signature:": ("signature:valid", "result of the signature check"),
    "result:": ("result:failed", "failed: failed delivery, or our response was no 2xx; odd: has findings; ok"),
    "tag:": ("tag:billing,late", "one of several tags; * for the beginning of one"),
    "note~": ('note~"called back"', "words or a phrase in the note"),
    "forward:": ("forward:failed", "what became of it with a forward"),
    "target:": ("target:billing*", "sent, or to be sent, by the forward of this name; * for its beginning"),
}
"""An example of each key, and what it finds."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive words, as `tokens` gives them; with `prefix` the last is the beginning of a word."""

    raw: str
    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A number, name, id or tag: one of the `spellings` (lower case in ASCII, as `fold` gives it), or its beginning."""

    raw: str
    spellings: tuple[str, ...]
    prefix: bool = False


Moment = datetime | timedelta | int
"""A time in UTC, a time ago, or a capture's number."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """Any of the phrases, in what `key`, one of `TEXTS`, names; "": in any field of the request."""

    phrases: tuple[Phrase, ...]
    key: str = ""
    negated: bool = False
    position: int = field(default=1, compare=False)

    @cached_property
    def wanted(self) -> Phrases:
        """The phrases, prepared for looking."""
        return Phrases((phrase.words, phrase.prefix) for phrase in self.phrases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Any of the patterns; `key` is one of `PATTERNS`."""

    key: str
    patterns: tuple[Pattern, ...]
    negated: bool = False
    position: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """Any of the known words of `key`, spelled as in `VALUES`."""

    key: str
    values: tuple[str, ...]
    negated: bool = False
    position: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`after` a moment (a time included, a number not) or `before` it."""

    key: str
    raw: str
    moment: Moment
    negated: bool = False
    position: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bytes of body, both ends included; None: no end."""

    raw: str
    low: int | None
    high: int | None
    negated: bool = False
    position: int = field(default=1, compare=False)


Term = Words | Patterns | OneOf | When | Size


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must hold; none at all finds everything."""

    terms: tuple[Term, ...] = ()

    @property
    def key_of_forwards(self) -> str | None:
        """The key of the first term about dispatches. Its result is not known when a capture arrives."""
        keys = (term.key for term in self.terms if isinstance(term, OneOf | Patterns))
        return next((key for key in keys if key in OF_FORWARDS), None)

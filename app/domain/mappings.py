"""The field mapping of a bin: where the requests of a provider without a data sheet have their values.

It is JSON of the type `FieldMapping`, described in `docs/mapping.md`. The `extra` of a `Meta` is for
`web/site/convert.py`.
"""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .roles import Kind, Role
from .statuses import RANKS, Status, Word

MAX_TITLE = 60
"""Characters of the name of a mapping."""

MAX_ADDRESS = 500
"""Characters of the address of a field: as many as a flattened JSON name may have."""

MAX_ADDRESSES = 8
"""Addresses for one value."""

MAX_STATUSES = 200
"""Status words with a meaning."""

MAX_WORD = 200
"""Characters of a status word: as many as an event holds."""

MEANINGS = ("from", "to", "text", "id", "status", "time", "media", "error")
"""What a field can be, in the order of the form."""

_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_TITLE = rf"^(?![\s\S]*[{_CONTROLS}])[\s\S]*\S"


def _check_title(title: str) -> None:
    if re.search(_TITLE, title) is None:
        raise ValueError("must not be blank, and must not contain line breaks or control characters")


Address = Annotated[str, Meta(min_length=1, max_length=MAX_ADDRESS)]
Addresses = Annotated[
    Address | Annotated[tuple[Address, ...], Meta(min_length=1, max_length=MAX_ADDRESSES)] | None,
    Meta(
        extra={
            "reason": "must be the name of a field as a request shows it, such as data.sender, with at most"
            f" {MAX_ADDRESS} characters, or a list of 1 to {MAX_ADDRESSES} such names"
        }
    ),
]


class MappedFields(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename={"sender": "from", "recipient": "to"},
):
    """Where each value is: the name of a field as the page of a request shows it, without regard to case, or several.

    The first one that is there and not blank is used; of `media`, all. A name is that of a form or query field, a
    dotted path of JSON or XML (`data.items.0.id`), or `header:X-Name`. `*` is any number of a list: if the id (without
    one: the status, the text, from, to) has a `*`, each item of that list is a message of its own. At least one of
    from, to, text and id is required.
    """

    sender: Addresses = None
    recipient: Addresses = None
    text: Addresses = None
    id: Addresses = None
    status: Addresses = None
    time: Addresses = None
    media: Addresses = None
    error: Addresses = None

    def __post_init__(self) -> None:
        if not (self.sender or self.recipient or self.text or self.id):
            raise ValueError("must have at least one of from, to, text and id")

    def addresses(self, meaning: str) -> tuple[str, ...]:
        """The addresses of one of `MEANINGS`; none where there is none."""
        found: str | tuple[str, ...] | None = getattr(self, {"from": "sender", "to": "recipient"}.get(meaning, meaning))
        return (found,) if isinstance(found, str) else found or ()


class MappedKinds(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename={"voice_fallback": "voice-fallback"},
):
    """What requests to a URL are about. Null: the status URL has callbacks, the voice URLs have calls; at another URL,
    a request with a status and without a text is a callback, any other one is an inbound SMS."""

    primary: Kind | None = None
    fallback: Kind | None = None
    status: Kind | None = None
    voice: Kind | None = None
    voice_fallback: Kind | None = None

    def of(self, role: Role) -> Kind | None:
        """The kind of requests to a URL, if it is set."""
        kind: Kind | None = getattr(self, role.name.lower())
        return kind


class MappedStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The meaning of a status word. `final`: no more callbacks follow; null: usual for the status."""

    status: Status
    final: bool | None = None


StatusWord = Annotated[str, Meta(min_length=1, max_length=MAX_WORD)]


class FieldMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the requests of one provider are parsed. `statuses`: what its status words mean, without regard to case,
    `-`, `_` and spaces; common words ("delivered", "DELIVRD") need no entry."""

    version: Annotated[Literal[1], Meta(extra={"reason": "must be 1, the only version so far"})] = 1
    name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MAX_TITLE,
            description="The name of the provider, for the pages.",
            extra_json_schema={"pattern": _TITLE},
            extra={"check": _check_title},
        ),
    ]
    fields: MappedFields
    kinds: MappedKinds = MappedKinds()
    statuses: Annotated[
        dict[StatusWord, Status | MappedStatus],
        Meta(
            max_length=MAX_STATUSES,
            extra={
                "reason": f"must be an object with at most {MAX_STATUSES} status words of the provider, each with 1 to"
                f" {MAX_WORD} characters"
            },
        ),
    ] = {}

    def words(self) -> dict[str, Word]:
        """What each status word means."""
        return {word: meaning_of(found) for word, found in self.statuses.items()}


def _usual_word(status: Status) -> Word:
    """Final where it is the end of a message for all providers."""
    return Word(status, final=RANKS[status] >= RANKS[Status.CANCELED])


def read_mapping(text: str | bytes) -> FieldMapping:
    """A stored mapping. ValueError: it is not one, for example because a newer version has stored it."""
    return msgspec.json.decode(text, type=FieldMapping)


def write_mapping(mapping: FieldMapping) -> str:
    """A mapping as it is stored and exported."""
    return msgspec.json.encode(mapping).decode()


def meaning_of(found: Status | MappedStatus) -> Word:
    """What an entry of `statuses` means."""
    if isinstance(found, Status):
        return _usual_word(found)
    return _usual_word(found.status) if found.final is None else Word(found.status, final=found.final)

"""The record mapping of a bin: what the columns of a file without a known shape mean.

It is JSON of the type `RecordMapping`, proposed by `app/records/guessing.py`, chosen by a user, and remembered with the
bin. The `extra` of a `Meta` is for `web/site/convert.py`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ..mappings import MAX_STATUSES, MAX_WORD, MappedStatus, meaning_of
from ..messages.model import Direction
from ..statuses import Status, Word

MAX_COLUMN = 200
"""Characters of the name of a column."""

MAX_DIRECTIONS = 20
"""Words for a direction."""

RECORD_MEANINGS = (
    "id", "direction", "from", "to", "text", "created", "sent", "ended", "status", "error", "price", "segments",
)  # fmt: skip
"""What a column can be, in the order of the form."""

ColumnName = Annotated[
    Annotated[str, Meta(min_length=1, max_length=MAX_COLUMN)] | None,
    Meta(
        extra={
            "reason": f"must be the name of a column as the first row of the file has it, with at most {MAX_COLUMN}"
            " characters"
        }
    ),
]


class RecordColumns(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    rename={"sender": "from", "recipient": "to"},
):
    """The name of the column for each value, without regard to case; for JSON the dotted path. At least the id, or the
    numbers of both parties and a time, are required: without them nothing can be matched."""

    id: ColumnName = None
    direction: ColumnName = None
    sender: ColumnName = None
    recipient: ColumnName = None
    text: ColumnName = None
    created: ColumnName = None
    sent: ColumnName = None
    ended: ColumnName = None
    status: ColumnName = None
    error: ColumnName = None
    price: ColumnName = None
    segments: ColumnName = None

    def __post_init__(self) -> None:
        if not (self.id or (self.sender and self.recipient and (self.created or self.sent))):
            raise ValueError("must have the column id, or the columns from, to and one of created and sent")

    def column(self, meaning: str) -> str | None:
        """The column of one of `RECORD_MEANINGS`."""
        found: str | None = getattr(self, {"from": "sender", "to": "recipient"}.get(meaning, meaning))
        return found


RecordWord = Annotated[str, Meta(min_length=1, max_length=MAX_WORD)]


class RecordMapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a file of a provider is read. `statuses`: the meaning of its status words, as in a field mapping; common
    words need no entry. `directions`: the meaning of its words for a direction; common ones need no entry.
    `direction`: that of all rows, for a file without such a column."""

    version: Annotated[Literal[1], Meta(extra={"reason": "must be 1, the only version so far"})] = 1
    columns: RecordColumns
    direction: Direction | None = None
    directions: Annotated[
        dict[RecordWord, Direction],
        Meta(
            max_length=MAX_DIRECTIONS,
            extra={"reason": f"must be an object with at most {MAX_DIRECTIONS} words for inbound and outbound"},
        ),
    ] = {}
    statuses: Annotated[
        dict[RecordWord, Status | MappedStatus],
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


def read_record_mapping(text: str | bytes) -> RecordMapping:
    """A stored mapping. ValueError: it is not one, for example because a newer version has stored it."""
    return msgspec.json.decode(text, type=RecordMapping)


def write_record_mapping(mapping: RecordMapping) -> str:
    """A mapping as it is stored."""
    return msgspec.json.encode(mapping).decode()

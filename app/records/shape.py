"""The type of a shape: one form in which a provider exports its messages, as data."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..domain.messages.model import Direction
from ..domain.phones import e164
from ..domain.reconciliation.records import ProviderNote, RecordTime
from ..domain.statuses import Word
from ..providers.kit.parties import ReadNumber

VALUES = (
    "id", "direction", "from", "to", "text", "created", "sent", "ended", "status", "error", "price", "currency",
    "segments", "webhook",
)  # fmt: skip
"""What a column can be, in the order in which the values of a row are passed."""

ReadCell = Callable[[str], str]
"""The value of a column by its name in lower case, "" where there is none. For JSON the name is the dotted path."""

ReadNotes = Callable[[int, ReadCell], Iterable[ProviderNote]]
"""What a row, by its number, states about calls of a webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordShape:
    """One form of export. Names of columns are in lower case; for JSON they are dotted paths.

    `provider`: its name in the registry, None for a mapping. `title`: what is exported where, for people. A file has
    this shape if it has all columns of `needs` and none of `lacks`. `columns`: the names for each of `VALUES`; the
    first one that is there is used, of `id` all. `direction`: that of all rows. `each`: the list in a row of which
    each item is a record; names of its columns have `*` for the number. `by_recipient`: one id is shared by several
    recipients, and a bin has the message as `id:recipient`: "always", or "maybe" if that is only so for more than one.
    `words` are the status words that differ from those of webhooks, `directions` those of a mapping. `utc`: times
    without a zone are documented as UTC. `webhook_inbound`: the column `webhook` is about the webhook for inbound
    messages only. `time_of_id`: the time that is in an id. `id_of`: the part of a cell that is the id. `notes`: for a
    file that has no records. `source`: where the form is documented.
    """

    provider: str | None
    title: str
    needs: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    lacks: frozenset[str] = frozenset()
    direction: Direction | None = None
    each: str | None = None
    by_recipient: str | None = None
    words: Mapping[str, Word] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    read_number: ReadNumber = e164
    utc: bool = False
    webhook_inbound: bool = False
    time_of_id: Callable[[str], RecordTime | None] | None = None
    id_of: Callable[[str], str] | None = None
    notes: ReadNotes | None = None
    source: str = ""

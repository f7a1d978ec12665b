"""A record: one row of a file that a provider exports about its messages, with its values in our words.

`app/records/` makes records of files; `matching.py` compares them with the messages of a bin. The texts and the rows
are transient: what may be kept of a text is its digest (`digests.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ..messages.model import Direction
from ..roles import Role
from ..statuses import Status

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = Sequence[str] | Mapping[str, Any]
"""A row as it is in the file: the cells of a table, or an object of JSON."""


class RecordTime(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A time in a record. `us`: microseconds since 1970, in UTC if the file gives a zone (`zoned`), else as if its
    clock time were UTC; `unit_us`: its precision, such as 1,000,000 for a time in seconds."""

    us: int
    zoned: bool = True
    unit_us: int = 1_000_000

    def at(self, offset: timedelta = timedelta(0)) -> datetime:
        """In UTC. `offset`: that of the file's zone, east positive; it counts only where the file gives none."""
        moment = _EPOCH + timedelta(microseconds=self.us)
        return moment if self.zoned else moment - offset


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message as the provider lists it.

    `row`: its number in the file, from 1, without the header; a JSON object with several recipients gives several
    records with one `row`, distinguished by `part` (from 0). `provider`: None for a file that was read by a mapping.
    `ids`: the message ids under which a bin may have it, the most likely one first; none if the file has none.
    `sender` and `recipient` are E.164 where the cell allows it, else as written. `vague`: a number of it is only known
    in part (a spreadsheet wrote `1.41556E+10`; such a number ends with `…`), so it can be matched as ambiguous at most.
    `text` None: the file has none, or a blank one, as for a text that was deleted at the provider.
    `created` is when the provider got it; `sent` when it called the webhook or passed the message on; `ended` when
    it was final. `word` is the status as it came, `status` its meaning, None without a word; `final` as in
    `statuses.Word`. `price` as written, with its sign. `webhook_ok`: what the provider states about our answer to its
    webhook, None where it states nothing. `original`: the row in the file.
    """

    row: int
    part: int = 0
    provider: str | None = None
    ids: tuple[str, ...] = ()
    direction: Direction | None = None
    sender: str | None = None
    recipient: str | None = None
    vague: bool = False
    text: str | None = None
    created: RecordTime | None = None
    sent: RecordTime | None = None
    ended: RecordTime | None = None
    word: str | None = None
    status: Status | None = None
    final: bool = False
    error_code: str | None = None
    price: str | None = None
    currency: str | None = None
    segments: int | None = None
    webhook_ok: bool | None = None
    original: Row = ()

    @property
    def time(self) -> RecordTime | None:
        """When its webhook was called, as far as the file shows it: the time to compare with an arrival."""
        return self.sent or self.created or self.ended


class ProviderNote(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a provider states about one of its calls of a webhook: an alert (Twilio), an attempt (Telnyx), or the
    status of an inbound message (Plivo, Telnyx).

    `row` is that of its record, or its own. `about`: the id of the message or call. `at`: when it happened, None if the
    provider gives no time. `ok`: whether the provider accepted the answer. `code`: its error code, or the status of the
    answer that it got. `url` is the called one without query and user, None if unknown; `role`: that of the URL.
    `note` is one short sentence part for people: "could not fetch the URL, 11200".
    """

    row: int
    provider: str
    about: str
    ok: bool
    at: RecordTime | None = None
    code: str | None = None
    url: str | None = None
    role: Role | None = None
    note: str = ""


Entry = Record | ProviderNote
"""What a file contains."""

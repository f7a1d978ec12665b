"""From the cells of a row to a record, by the shape of the file."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ..domain.messages.model import Direction
from ..domain.reconciliation.parties import is_partial
from ..domain.reconciliation.records import Entry, ProviderNote, Record, RecordTime, Row
from ..domain.roles import Role
from ..domain.statuses import UNKNOWN, Status, Word
from ..providers.kit.bounds import MAX_TEXT, MAX_VALUE
from ..providers.kit.events import id_of_one
from ..providers.kit.values import count, error_code
from .numbers import read_party
from .picking import Cells
from .shape import RecordShape
from .times import read_time
from .words import RECEIVED, direction_of, meaning_of_status, webhook_accepted

# What a spreadsheet would calculate, so smsbin's own exports write an apostrophe before it.
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r])")
_DAY_US = 86_400_000_000
_PRICE = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


class RowReader:
    """Makes records of the cells of a shape. The meaning of each word is remembered: a file has few."""

    def __init__(self, shape: RecordShape) -> None:
        self._shape = shape
        self._number = shape.read_number
        self._direction = lru_cache(maxsize=256)(lambda text: direction_of(text, shape.directions) or shape.direction)
        self._word = lru_cache(maxsize=1_024)(self._meaning)

    def entries(self, row: int, part: int, ids: Cells, cells: Cells, original: Row) -> Iterator[Entry]:
        """The record of a row, and what it states about a failed webhook. `cells` are in the order of
        `shape.VALUES`, without the ids; nothing for a row by which nothing can be found."""
        direction_cell, sender_cell, recipient_cell, text, created, sent, ended, status = cells[:8]
        sender, recipient = read_party(sender_cell, self._number), read_party(recipient_cell, self._number)
        ids = self._ids(ids, recipient_cell, recipient)
        if not ids and not (sender and recipient):
            return
        direction, word = self._word(direction_cell, status[:MAX_VALUE])
        price, currency, segments = cells[9:12]
        record = Record(
            row=row,
            part=part,
            provider=self._shape.provider,
            ids=ids,
            direction=direction,
            sender=sender,
            recipient=recipient,
            vague=is_partial(sender) or is_partial(recipient),
            text=_text(text),
            created=self._created(created, ids),
            sent=self._time(sent),
            ended=self._time(ended) if word is None or word.final else None,
            word=status[:MAX_VALUE] or None,
            status=None if word is None else word.status,
            final=word is not None and word.final,
            error_code=error_code(cells[8].strip()[:MAX_VALUE]),
            price=price.strip().lstrip("'") if _PRICE.fullmatch(price.strip().lstrip("'")) else None,
            currency=currency.strip()[:MAX_VALUE] or None,
            segments=count(segments.strip()),
            webhook_ok=self._webhook(cells[12], direction),
            original=original,
        )
        yield record
        if record.webhook_ok is False and ids:
            yield self._note(record, cells[12])

    def _ids(self, cells: Cells, recipient_cell: str, recipient: str | None) -> Cells:
        shape = self._shape
        named = [cell.strip()[:MAX_VALUE] for cell in cells if cell]
        ids = [shape.id_of(id) for id in named] if shape.id_of else named
        if shape.by_recipient and recipient:
            of_recipient = [id_of_one(id, recipient_cell, 0, self._number) for id in ids if id]
            ids = of_recipient if shape.by_recipient == "always" else ids + of_recipient
        return tuple(dict.fromkeys(id for id in ids if id))

    def _meaning(self, direction_cell: str, status: str) -> tuple[Direction | None, Word | None]:
        """Direction and status of a row; without a column for the direction the status shows it."""
        direction = self._direction(direction_cell) if direction_cell else self._shape.direction
        word = meaning_of_status(status, self._shape.provider, self._shape.words) if status.strip() else None
        if direction is None and word is not None and word is not UNKNOWN:
            direction = Direction.INBOUND if word.status is Status.RECEIVED else Direction.OUTBOUND
        if direction is Direction.INBOUND:
            word = RECEIVED
        return direction, word

    def _time(self, cell: str) -> RecordTime | None:
        time = read_time(cell) if cell else None
        if time is None or time.zoned or not self._shape.utc:
            return time
        return RecordTime(time.us, unit_us=time.unit_us)

    def _created(self, cell: str, ids: Cells) -> RecordTime | None:
        """The time in the id, if it is that of the cell in some zone: it is more precise, and in UTC."""
        time = self._time(cell)
        of_id = self._shape.time_of_id(ids[0]) if self._shape.time_of_id and ids else None
        if of_id is None or (time is not None and abs(of_id.us - time.us) > _DAY_US):
            return time
        return of_id

    def _webhook(self, cell: str, direction: Direction | None) -> bool | None:
        if not cell or (self._shape.webhook_inbound and direction is not Direction.INBOUND):
            return None
        return webhook_accepted(cell.strip())

    def _note(self, record: Record, word: str) -> ProviderNote:
        return ProviderNote(
            row=record.row,
            provider=record.provider or "",
            about=record.ids[0],
            ok=False,
            at=record.time,
            code=word.strip()[:40],
            role=Role.STATUS if record.direction is Direction.OUTBOUND else Role.PRIMARY,
            note="the webhook was not accepted",
        )


def _text(cell: str) -> str | None:
    if not cell.strip():
        return None
    text = cell[1:] if cell[0] == "'" and _ESCAPED.match(cell) else cell
    return text[:MAX_TEXT]

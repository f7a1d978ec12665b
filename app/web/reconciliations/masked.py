"""Records of files of providers, masked like the messages that they are about."""

from collections.abc import Sequence
from typing import Any

import msgspec

from ...domain.masking.policy import MaskingPolicy
from ...domain.reconciliation.kept import KeptNote, KeptRecord
from .columns import ColumnRow


def mask_records(records: Sequence[KeptRecord], columns: Sequence[str], masking: MaskingPolicy) -> Sequence[KeptRecord]:
    """Records; `columns` are the names of the columns of their file."""
    return [_record(record, columns, masking) for record in records] if masking.hides_bodies else records


def mask_notes(notes: Sequence[KeptNote], masking: MaskingPolicy) -> Sequence[KeptNote]:
    """What the provider states about its calls."""
    return [msgspec.structs.replace(note, note=masking.sentence(note.note)) for note in notes]


def mask_columns(rows: Sequence[ColumnRow], masking: MaskingPolicy) -> Sequence[ColumnRow]:
    """The first values of the columns of a file."""
    return [
        ColumnRow(
            number=row.number,
            name=row.name,
            samples=[masking.value(row.name, sample) for sample in row.samples],
            use=row.use,
            titles=row.titles,
        )
        for row in rows
    ]


def _record(record: KeptRecord, columns: Sequence[str], masking: MaskingPolicy) -> KeptRecord:
    cells: list[Any] | None = None if record.original is None else msgspec.json.decode(record.original)
    if cells is not None:
        named = zip(columns, cells, strict=False)
        cells = [masking.value(name, cell) if isinstance(cell, str) else cell for name, cell in named]
    return msgspec.structs.replace(
        record,
        sender=masking.number(record.sender),
        recipient=masking.number(record.recipient),
        original=None if cells is None else msgspec.json.encode(cells).decode(),
        text=masking.text(record.text),
    )

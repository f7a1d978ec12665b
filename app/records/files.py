"""A record file: what it is, and its entries one by one."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO

from ..domain.reconciliation.mapping import RecordMapping
from ..domain.reconciliation.records import Entry, Row
from ..parsing import flatten
from .bounds import MAX_ROWS
from .failures import UnknownColumns, UnreadableRecords
from .objects import read_objects
from .opening import Progress, open_text
from .picking import ObjectCells, TableCells, own_cells
from .recognising import because_of, recognise_columns, shape_of_mapping
from .rows import RowReader
from .shape import RecordShape
from .tables import Table

_SAMPLE_ROWS = 20


class RecordFile:
    """An opened file. `shape`: its form, `because` why it is that, as the end of a sentence. `columns`: their names in
    order; for JSON the dotted paths of its first object. `rows`: how many have been read so far."""

    def __init__(self, shape: RecordShape, columns: Sequence[str], rows: Iterator[Row]) -> None:
        self.shape = shape
        self.columns = tuple(columns)
        self.because = because_of(shape, columns)
        self.rows = 0
        self._rows = rows
        self._table = TableCells(shape, columns)
        self._objects = ObjectCells(shape)
        self._reader = RowReader(shape)

    @property
    def provider(self) -> str | None:
        """The name of the provider; None for a mapping."""
        return self.shape.provider

    def entries(self) -> Iterator[Entry]:
        """The records and notes in their order; once. UnreadableRecords: the file is damaged after its begin, or has
        too many rows."""
        notes = self.shape.notes
        for row in self._rows:
            self.rows += 1
            if self.rows > MAX_ROWS:
                raise UnreadableRecords(f"The file has more than {MAX_ROWS:,} rows. Export a shorter time.")
            if notes is not None:
                read = self._objects.reader(row) if isinstance(row, Mapping) else self._table.reader(row)
                yield from notes(self.rows, read)
                continue
            parts = self._objects.parts(row) if isinstance(row, Mapping) else self._table.parts(row)
            for part, ids, cells in parts:
                yield from self._reader.entries(self.rows, part, ids, cells, row)


def open_records(file: BinaryIO, mapping: RecordMapping | None = None, progress: Progress | None = None) -> RecordFile:
    """The records of a file, which is read as they are taken. `mapping`: for a file of no known provider; it is also
    used for one of a known provider if all of its columns are there. UnreadableRecords: it is no list of messages;
    UnknownColumns: no provider is known by its columns, and the mapping does not fit."""
    opened = open_text(file, progress)
    own = None if mapping is None else shape_of_mapping(mapping)
    if opened.begins in ("{", "["):
        rows: Iterator[Row] = read_objects(opened.text, lambda row: _shape(_names(row), own) is not None)
        first = next(rows, None)
        columns: Sequence[str] = _names(first) if isinstance(first, Mapping) else ()
        rows = rows if first is None else chain((first,), rows)
    else:
        table = Table(opened.text)
        columns, rows = table.columns, iter(table)
    shape = _shape(columns, own)
    if shape is None:
        raise UnknownColumns(columns, [own_cells(columns, row) for row in islice(rows, _SAMPLE_ROWS)])
    return RecordFile(shape, columns, rows)


def _shape(columns: Sequence[str], own: RecordShape | None) -> RecordShape | None:
    if own is not None and own.needs <= {name.strip().lower() for name in columns}:
        return own
    return recognise_columns(columns)


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, _ in flatten(dict(row)))

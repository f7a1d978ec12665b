"""CSV and TSV: header and rows, with `,` `;` or TAB between cells, as programs and spreadsheets write them."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from .bounds import MAX_COLUMNS, MAX_ROW
from .failures import UnreadableRecords

_SEPARATORS = (",", ";", "\t", "|")


class BoundedLines:
    """The lines of a text, counted. A row may have several; after each row, `row_ends` is called."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._size = 0
        self.number = 0
        self.row_begins = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line with its end. UnreadableRecords: the row is too long, as after a quote without its end."""
        line = self._text.readline(MAX_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self._size += len(line)
        if self._size > MAX_ROW:
            raise UnreadableRecords(
                f"The row that begins at line {self.row_begins} is longer than {MAX_ROW // 1024} KiB. Check whether a"
                " quotation mark is missing there, and export the list again."
            )
        return line

    def row_ends(self) -> None:
        """The next line begins a row."""
        self._size = 0
        self.row_begins = self.number + 1


class Table:
    """`columns`: the names in the header, without blanks around them. Iterating gives the rows that are not blank, each
    with as many cells as there are columns."""

    def __init__(self, text: TextIO) -> None:
        self._lines = BoundedLines(text)
        first, separator = self._first_line()
        self._reader = csv.reader(chain((first,), self._lines), delimiter=separator)
        self.columns = tuple(cell.strip() for cell in self._next() or ())
        if len(self.columns) < 2:
            raise UnreadableRecords(
                "The first line has only one column. It must have the names of the columns, separated by a comma, a"
                " semicolon or a tab."
            )
        if len(self.columns) > MAX_COLUMNS:
            raise UnreadableRecords(f"The table has more than {MAX_COLUMNS} columns. Export it again.")

    def __iter__(self) -> Iterator[list[str]]:
        width = len(self.columns)
        while (row := self._next()) is not None:
            if len(row) != width:
                row = self._fitted(row, width)
            if any(row):
                yield row

    def _first_line(self) -> tuple[str, str]:
        """The header and its separator, which a line such as `sep=;` before it may name."""
        line = next((line for line in self._lines if line.strip()), "")
        if line[:4].lower() == "sep=" and len(line.rstrip("\r\n")) == 5:
            return next(self._lines, ""), line[4]
        return line, max(_SEPARATORS, key=lambda separator: _count(line, separator))

    def _next(self) -> list[str] | None:
        """The next row; None at the end."""
        self._lines.row_ends()
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise UnreadableRecords(
                f"Line {self._lines.row_begins}: {error}. Check whether a quotation mark is missing there, and export"
                " the list again."
            ) from None

    def _fitted(self, row: list[str], width: int) -> list[str]:
        """A row with blank cells at its end for those that are missing, and without blank ones that are too many."""
        if len(row) < width:
            return row + [""] * (width - len(row))
        if any(cell.strip() for cell in row[width:]):
            raise UnreadableRecords(
                f"Line {self._lines.row_begins} has {len(row)} cells, but there are {width} columns. A text that"
                " contains the separator must be in quotation marks. Export the list again."
            )
        return row[:width]


def _count(line: str, separator: str) -> int:
    """How many cells the header has with this separator."""
    try:
        return len(next(csv.reader((line,), delimiter=separator), ()))
    except csv.Error:
        return 0

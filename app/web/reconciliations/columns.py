"""The form in which a user says what the columns of a file are: `name.0`, `use.0`, and so on; `direction`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...domain.reconciliation.kept import FileColumns
from ...domain.reconciliation.mapping import RECORD_MEANINGS, RecordMapping
from ..site.convert import convert

MOST_COLUMNS = 100
"""Columns of a file that the form shows."""

MOST_FIELDS = 2 * MOST_COLUMNS + 10
MOST_SAMPLES = 3
COLUMN_TITLES = {
    "id": "Message id", "direction": "Direction", "from": "From", "to": "To", "text": "Text",
    "created": "Time: created", "sent": "Time: sent or received", "ended": "Time: final status", "status": "Status",
    "error": "Error code", "price": "Price", "segments": "Segments",
}  # fmt: skip
_USE = re.compile(r"use\.(?P<number>0|[1-9]\d?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """A column, its first values, and what it is chosen to be ("" for nothing)."""

    number: int
    name: str
    samples: Sequence[str]
    use: str
    titles: Mapping[str, str]


def column_rows(unknown: FileColumns, form: Mapping[str, str] | None) -> list[ColumnRow]:
    """The rows of the form, as it was posted, or with the guesses."""
    guess = {column: meaning for meaning, column in unknown.guess.items()}
    rows = []
    for number, name in enumerate(unknown.columns[:MOST_COLUMNS]):
        values = (row[number] for row in unknown.rows if number < len(row))
        rows.append(
            ColumnRow(
                number=number,
                name=name,
                samples=[value for value in values if value][:MOST_SAMPLES],
                use=guess.get(name, "") if form is None else form.get(f"use.{number}", ""),
                titles=COLUMN_TITLES,
            )
        )
    return rows


def read_columns(form: Mapping[str, str]) -> RecordMapping:
    """What was chosen. Invalid names what is wrong."""
    columns: dict[str, object] = {}
    for field, use in form.items():
        found = _USE.fullmatch(field)
        if found is not None and use in RECORD_MEANINGS:
            columns.setdefault(use, form.get(f"name.{found['number']}", ""))
    raw: dict[str, object] = {"columns": columns}
    if form.get("direction"):
        raw["direction"] = form["direction"]
    return convert(raw, RecordMapping)

"""Which provider exported a file: by the names of its columns."""

from collections.abc import Iterable

from ..domain.reconciliation.mapping import RECORD_MEANINGS, RecordMapping
from ..providers.kit.parties import international
from ..providers.sheet import plain
from .shape import RecordShape
from .shapes import SHAPES


def recognise_columns(columns: Iterable[str]) -> RecordShape | None:
    """The shape of a file with these columns, in any case; None for a file of no known provider."""
    names = {name.strip().lower() for name in columns}
    return next((shape for shape in SHAPES if shape.needs <= names and not shape.lacks & names), None)


def because_of(shape: RecordShape, columns: Iterable[str]) -> str:
    """Why it has this shape: "because of the columns From, SentDate, Sid", as they are spelled in the file."""
    named = [name for name in columns if name.strip().lower() in shape.needs]
    return f"because of the columns {', '.join(named)}"


def shape_of_mapping(mapping: RecordMapping) -> RecordShape:
    """The shape that a user has described."""
    columns = {name: mapping.columns.column(name) for name in RECORD_MEANINGS}
    named = {name: (column.strip().lower(),) for name, column in columns.items() if column}
    return RecordShape(
        provider=None,
        title="the column mapping of this bin",
        needs=frozenset(column for columns in named.values() for column in columns),
        columns=named,
        direction=mapping.direction,
        words={plain(word): meaning for word, meaning in mapping.words().items()},
        directions={word.strip().lower(): direction for word, direction in mapping.directions.items()},
        read_number=international,
    )

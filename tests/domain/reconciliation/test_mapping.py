"""The mapping of a file's columns: small JSON, refused if nothing could be matched by it."""

import pytest
from msgspec import structs

from app.domain.messages.model import Direction
from app.domain.reconciliation.mapping import (
    MAX_COLUMN,
    MAX_DIRECTIONS,
    RECORD_MEANINGS,
    RecordColumns,
    RecordMapping,
    read_record_mapping,
    write_record_mapping,
)
from app.domain.statuses import Status, Word
from app.errors import Invalid
from app.web.site.convert import convert

WHOLE = {
    "columns": {"from": "Von", "to": "An", "created": "Datum", "status": "Zustand"},
    "directions": {"ein": "inbound", "aus": "outbound"},
    "statuses": {"zugestellt": "delivered", "weg": {"status": "sent", "final": True}},
}


def _problems(**changed: object) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        convert(WHOLE | changed, RecordMapping)
    return dict(error.value.problems)


def test_what_is_stored_is_what_was_given() -> None:
    mapping = convert(WHOLE, RecordMapping)
    assert read_record_mapping(write_record_mapping(mapping)) == mapping
    assert [mapping.columns.column(name) for name in ("from", "to", "id")] == ["Von", "An", None]
    assert mapping.directions == {"ein": Direction.INBOUND, "aus": Direction.OUTBOUND}
    assert mapping.words() == {"zugestellt": Word(Status.DELIVERED, final=True), "weg": Word(Status.SENT, final=True)}


def test_a_meaning_is_a_field_of_the_json() -> None:
    assert sorted(RECORD_MEANINGS) == sorted(field.encode_name for field in structs.fields(RecordColumns))


@pytest.mark.parametrize(
    "columns",
    [{}, {"from": "a", "to": "b"}, {"from": "a", "created": "c"}, {"text": "a", "created": "b", "to": "c"}],
)
def test_columns_by_which_nothing_can_be_matched_are_refused(columns: dict[str, str]) -> None:
    assert "must have the column id" in _problems(columns=columns)["columns"]


def test_an_id_alone_is_enough() -> None:
    assert convert(WHOLE | {"columns": {"id": "Nr"}}, RecordMapping).columns.id == "Nr"


def test_wrong_parts_are_named() -> None:
    assert _problems(version=2) == {"version": "must be 1, the only version so far"}
    assert list(_problems(columns={"id": "x" * (MAX_COLUMN + 1)})) == ["columns.id"]
    assert list(_problems(directions={str(n): "inbound" for n in range(MAX_DIRECTIONS + 1)})) == ["directions"]
    assert list(_problems(statuses={"x": "arrived"})) == ["statuses.x"]
    assert list(_problems(sheet="x")) == ["sheet"]

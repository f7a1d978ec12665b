"""Guesses about the columns of an unknown file."""

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.mapping import MAX_COLUMN
from app.records.failures import UnknownColumns
from app.records.guessing import guess_columns, guess_mapping

from .support import opened, records

ACME = (
    "Reference;Kind;Sender;Phone;Message;Date;State;Units\r\n"
    "8f2c-0001-aa;MO;+14155550123;+12125550199;hello;28.11.2026 20:00:01;arrived;1\r\n"
    "8f2c-0002-aa;MT;+12125550199;+14155550123;Your code;28.11.2026 20:00:05;DELIVRD;1\r\n"
)


def test_columns_are_guessed_by_name_and_by_value() -> None:
    with pytest.raises(UnknownColumns) as error:
        opened(ACME)
    assert guess_columns(error.value.columns, error.value.rows) == {
        "id": "Reference",
        "direction": "Kind",
        "from": "Sender",
        "to": "Phone",
        "text": "Message",
        "created": "Date",
        "status": "State",
        "segments": "Units",
    }


def test_a_file_is_read_by_the_guessed_mapping() -> None:
    with pytest.raises(UnknownColumns) as error:
        opened(ACME)
    mapping = guess_mapping(error.value.columns, error.value.rows)
    found = records(ACME, mapping)
    assert [row.direction for row in found] == [Direction.INBOUND, Direction.OUTBOUND]
    assert [row.ids for row in found] == [("8f2c-0001-aa",), ("8f2c-0002-aa",)]
    assert found[1].status == "delivered"
    assert found[0].provider is None


def test_values_decide_where_no_name_does() -> None:
    rows = [
        ["2026-11-28 20:00:01", "447700900123", "447700900999", "x"],
        ["2026-11-28 20:00:02", "447700900124", "447700900999", "y"],
    ]
    assert guess_columns(["a", "b", "c", "d"], rows) == {"from": "b", "to": "c", "created": "a"}
    mapping = guess_mapping(["a", "b", "c", "d"], rows)
    assert mapping is not None
    assert mapping.direction is Direction.INBOUND


def test_a_name_with_values_of_another_kind_is_not_believed() -> None:
    assert guess_columns(["date", "sid"], [["tomorrow", "SM12345678"], ["soon", "SM12345679"]]) == {"id": "sid"}


def test_nothing_is_proposed_by_which_nothing_can_be_matched() -> None:
    assert guess_mapping(["colour", "size"], [["red", "1"]]) is None
    assert guess_mapping([], []) is None


def test_the_end_of_a_json_path_is_a_name() -> None:
    assert guess_columns(["data.msg.messageId", "data.when"], [["abcdefgh-1", "x"]]) == {"id": "data.msg.messageId"}


def test_columns_with_too_long_names_are_left_out() -> None:
    assert guess_columns(["x" * (MAX_COLUMN + 1)], [["+14155550123"]]) == {}
    assert guess_columns(["x" * MAX_COLUMN], [["+14155550123"]]) == {"from": "x" * MAX_COLUMN}

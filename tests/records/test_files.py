"""Opened files: what they are, their entries, and where a file goes wrong after its begin."""

import io
import json
from itertools import islice

import pytest

from app.domain.reconciliation.mapping import RecordColumns, RecordMapping
from app.records.failures import UnknownColumns, UnreadableRecords
from app.records.files import open_records
from app.records.picking import own_cells

from .support import entries, opened, records, sample


def test_the_columns_and_cells_are_those_of_the_file() -> None:
    file = opened(sample("twilio-console.csv"))
    rows = list(file.entries())
    assert file.columns[:3] == ("From", "To", "Body")
    assert file.rows == 4
    assert own_cells(file.columns, rows[1].original)[:3] == [
        "+12125550199", "+14155550123", 'Yes "it" is\nsecond line'
    ]  # fmt: skip
    file = opened(sample("messagebird-messages.json"))
    row = next(iter(file.entries()))
    assert dict(zip(file.columns, own_cells(file.columns, row.original), strict=True))[
        "recipients.items.0.recipient"
    ] == ("31612345678")


def test_recipients_of_one_message_are_records_of_one_row() -> None:
    value = json.loads(sample("messagebird-messages.json"))
    recipients = value["items"][0]["recipients"]["items"]
    recipients.append({"recipient": 31612345679, "status": "sent", "statusDatetime": None})
    found = records(json.dumps(value))
    assert [(row.row, row.part, row.recipient, row.final) for row in found] == [
        (1, 0, "+31612345678", True), (1, 1, "+31612345679", False)
    ]  # fmt: skip
    assert found[1].ids == ("e8077d803532c0b5937c639b60216938", "e8077d803532c0b5937c639b60216938:+31612345679")


def test_empty_times_of_queued_and_failed_rows_are_replaced_by_the_creation() -> None:
    value = json.loads(sample("twilio-messages.json"))
    value["messages"][1]["date_sent"] = None
    time = records(json.dumps(value))[1].time
    assert time is not None
    assert time.us == 1_795_896_005_000_000


def test_an_unknown_file_needs_a_mapping() -> None:
    data = "when;who;whom\r\n2026-11-28 20:00:00;+14155550123;+12125550199\r\n"
    with pytest.raises(UnknownColumns) as error:
        opened(data)
    assert error.value.columns == ("when", "who", "whom")
    assert error.value.rows == (("2026-11-28 20:00:00", "+14155550123", "+12125550199"),)
    assert "columns when, who, whom. Choose what each column means." in str(error.value)
    mapping = RecordMapping(columns=RecordColumns(sender="WHO", recipient="whom", created="when"))
    assert [row.sender for row in records(data, mapping)] == ["+14155550123"]
    file = opened(data, mapping)
    assert file.provider is None
    assert file.because == "because of the columns when, who, whom"


def test_unknown_json_needs_a_mapping_with_dotted_paths() -> None:
    data = json.dumps({"list": [{"m": {"id": "abc"}, "a": 1}, {"m": {"id": "abd"}}]})
    with pytest.raises(UnknownColumns) as error:
        opened(data)
    assert error.value.columns == ("m.id", "a")
    assert [row.ids for row in records(data, RecordMapping(columns=RecordColumns(id="M.Id")))] == [("abc",), ("abd",)]


def test_a_mapping_comes_before_a_known_shape_and_only_where_it_fits() -> None:
    mapping = RecordMapping(columns=RecordColumns(id="Body", sender="from"))
    assert records(sample("twilio-console.csv"), mapping)[2].ids == ("Your code is 482913",)
    assert opened(sample("plivo-messages.json"), mapping).provider == "plivo"


def test_a_file_that_goes_wrong_later_gives_its_rows_until_then() -> None:
    whole = sample("plivo-mdr-download.csv").decode()
    file = opened(whole + "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n")
    rows = file.entries()
    assert len(list(islice(rows, 5))) == 5
    with pytest.raises(UnreadableRecords, match="Line 6 has 16 cells"):
        next(rows)


@pytest.mark.parametrize("name", ["twilio-messages.json", "twilio-console.csv"])
def test_a_file_that_ends_early_is_read_or_named(name: str) -> None:
    data, whole = sample(name), entries(sample(name))
    for end in range(0, len(data), 37):
        try:
            found = entries(data[:end])
        except UnreadableRecords:
            continue
        assert len(found) <= len(whole)


def test_a_file_is_read_from_its_begin_each_time() -> None:
    file = io.BytesIO(sample("twilio-console.csv"))
    assert len(list(open_records(file).entries())) == len(list(open_records(file).entries())) == 4

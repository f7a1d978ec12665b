"""How large a record file may be, and how much is compared: at each limit, and one above it."""

import io
import json

import pytest

from app.domain.reconciliation import columns, digests, joining, judging, matching, nearest, parties, zones
from app.domain.reconciliation.digests import Digests
from app.domain.reconciliation.model import Interval
from app.domain.reconciliation.zones import estimate_zone
from app.providers.kit.parties import international
from app.records import bounds, files, guessing, numbers, objects, opening, rows, tables, times
from app.records.failures import UnknownColumns, UnreadableRecords
from app.records.numbers import read_party
from app.records.objects import JsonBuffer, read_objects
from app.records.opening import open_text
from app.records.tables import Table
from app.records.times import read_time
from tests.domain.reconciliation.cases import at, inbound, results, scope, seen, verdicts
from tests.records.support import opened, records


def test_the_bytes_of_a_file_after_unpacking(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounds.MAX_UNPACKED == 100_000_000
    monkeypatch.setattr(opening, "MAX_UNPACKED", 1_000)
    assert open_text(io.BytesIO(b"a" * 1_000)).text.read() == "a" * 1_000
    with pytest.raises(UnreadableRecords, match="more than 0 MB"):
        open_text(io.BytesIO(b"a" * 1_001))


def test_the_rows_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounds.MAX_ROWS == 1_000_000
    monkeypatch.setattr(files, "MAX_ROWS", 3)
    header, row = "Sid,From,To,SentDate,Direction,Status\n", "SM1,+1,+2,,inbound,received\n"
    assert len(records(header + 3 * row)) == 3
    with pytest.raises(UnreadableRecords, match="more than 3 rows"):
        records(header + 4 * row)


def test_the_characters_of_a_row_of_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bounds.MAX_ROW == 1024 * 1024
    monkeypatch.setattr(tables, "MAX_ROW", 20)

    def read(row: str) -> list[list[str]]:
        return list(Table(io.StringIO("a,b\n" + row, newline="")))

    assert read("x" * 18 + ",y") == [["x" * 18, "y"]]
    assert len(read("x" * 17 + ",y\n" + "z" * 17 + ",y\n")) == 2
    for row in ("x" * 19 + ",y", '"' + "x\n" * 10 + '",y'):
        with pytest.raises(UnreadableRecords, match="The row that begins at line 2 is longer"):
            read(row)


def test_the_characters_of_a_json_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MAX_ROW", 1_000)
    monkeypatch.setattr(objects, "_CHUNK", 100)

    def read(size: int) -> list[dict[str, object]]:
        return list(read_objects(io.StringIO(json.dumps([{"a": "x" * size}])), lambda row: True))  # type: ignore[arg-type]

    assert read(900) == [{"a": "x" * 900}]
    with pytest.raises(UnreadableRecords, match="Line 1 is not valid JSON, or has a value of more"):
        read(1_200)


def test_the_buffer_of_json_holds_little_more_than_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert objects._CHUNK == 256 * 1024
    monkeypatch.setattr(objects, "_CHUNK", 50)
    buffer = JsonBuffer(io.StringIO("[" + ",".join(["12345678"] * 100) + "]"))
    buffer.expect("[")
    for _ in range(99):
        buffer.value()
        buffer.expect(",")
        assert len(buffer._data) <= 100


def test_the_columns_of_a_table() -> None:
    names = [f"c{n}" for n in range(bounds.MAX_COLUMNS)]
    assert len(Table(io.StringIO(",".join(names))).columns) == bounds.MAX_COLUMNS
    with pytest.raises(UnreadableRecords, match="more than 500 columns"):
        Table(io.StringIO(",".join([*names, "more"])))


def test_the_bytes_that_the_charset_is_guessed_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond them, a file that is no UTF-8 is Windows-1252."""
    monkeypatch.setattr(opening, "_SAMPLE", 4)
    monkeypatch.setattr(opening, "_CHUNK", 2)
    assert open_text(io.BytesIO(b"abcd\x81\xe9")).text.encoding == "windows-1252"
    assert open_text(io.BytesIO(b"abc\x81\xe9")).text.encoding == "iso-8859-1"


def test_the_rows_that_a_guess_is_made_from() -> None:
    for count in (files._SAMPLE_ROWS, files._SAMPLE_ROWS + 1):
        with pytest.raises(UnknownColumns) as error:
            opened("a,b\n" + "1,2\n" * count)
        assert len(error.value.rows) == files._SAMPLE_ROWS


def test_the_share_of_values_that_decides_a_guess() -> None:
    assert guessing._MOST == 0.8
    cells = [["+14155550123"]] * 8 + [["x"]] * 2
    assert guessing.guess_columns(["a"], cells) == {"from": "a"}
    assert guessing.guess_columns(["a"], [*cells, ["x"]]) == {}


def test_the_seconds_that_a_guess_takes_for_a_time() -> None:
    for us, is_time in (
        (guessing._EARLIEST_US, True),
        (guessing._EARLIEST_US - 1_000_000, False),
        (guessing._LATEST_US, True),
        (guessing._LATEST_US + 1_000_000, False),
    ):
        assert ("created" in guessing.guess_columns(["a"], [[str(us // 1_000_000)]])) is is_time


def test_the_characters_of_a_time() -> None:
    time = "2026-11-28 20:00:05"
    assert read_time(time.ljust(times._LONGEST)) is not None
    assert read_time(time.ljust(times._LONGEST + 1)) is None


def test_the_digits_of_a_number_that_was_in_scientific_notation() -> None:
    assert read_party("1.5E+14", international) == "+15…"
    assert numbers._LONGEST_NUMBER == 15
    assert read_party("1.5E+15", international) == "15"


def test_the_distance_of_the_time_in_an_id_from_that_of_its_row() -> None:
    """As far as a zone can be from UTC, and no more than a day."""
    assert rows._DAY_US == 86_400_000_000
    from app.records.shapes import SHAPES

    shape = next(shape for shape in SHAPES if shape.provider == "ytel")
    cells = [""] * 13
    for moment, is_of_id in (("2018-08-29 21:23:32", True), ("2018-08-29 21:23:33", False)):
        cells[4] = moment
        reader = rows.RowReader(shape)
        [record] = reader.entries(1, 0, ("9d3ed970-ab08-11e8-9936-413fe38766e4",), tuple(cells), ())
        assert (record.created.us % 1_000_000 == 103_000) is is_of_id  # type: ignore[union-attr]


@pytest.mark.parametrize(("length", "is_cut"), [(digests._BEGIN, False), (digests._BEGIN + 1, True)])
def test_the_characters_of_the_begin_of_a_text(length: int, is_cut: bool) -> None:
    whole, begin = Digests(b"").of_text("x" * length)
    assert (whole != begin) is is_cut


def test_counts_that_a_column_holds() -> None:
    table = columns.MessageTable(Digests(b""), columns.Names())
    for more in (0, 1):
        table.add(seen(1, 0, repeats=columns._MOST_REPEATS + more, segments=columns._MOST_SEGMENTS + more))
    assert list(table.repeats) == [columns._MOST_REPEATS] * 2
    assert list(table.segments) == [columns._MOST_SEGMENTS] * 2


@pytest.mark.parametrize("more", [0, 1])
def test_the_messages_that_are_listed_for_an_ambiguous_row(more: int) -> None:
    messages = [seen(n, n / 100, text="x") for n in range(nearest.MOST_TIED + more)]
    [result] = results(messages, [inbound(1, 0, None, text="x")])
    assert len(result.captures) == nearest.MOST_TIED


def test_the_messages_that_a_partial_number_is_compared_with() -> None:
    record = inbound(1, 0, None, sender="+141556…", vague=True, text=None)
    others = [seen(n, n / 100, sender="+442079460123") for n in range(joining._MOST_COMPARED)]
    last = seen(999, 5, received_us=at(5).us)
    assert verdicts([*others[1:], last], [record]) == ["ambiguous"]
    assert verdicts([*others, last], [record]) == ["no_webhook"]


def test_the_comparisons_of_partial_numbers_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert joining._MOST_COMPARISONS == 2_000_000
    records = [inbound(n, n * 1_000, None, sender="+141556…", vague=True, text=None) for n in (1, 2)]
    messages = [seen(n, n * 1_000) for n in (1, 2)]
    for most, verdict in ((2, "ambiguous"), (1, "no_webhook")):
        monkeypatch.setattr(joining, "_MOST_COMPARISONS", most)
        assert verdicts(messages, records) == ["ambiguous", verdict]


def test_the_numbers_of_the_bin_that_a_partial_one_is_compared_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert matching._MOST_NUMBERS == 1_000
    record = inbound(1, 9_000, None, recipient="+121256…", vague=True)
    for most, verdict in ((1, "no_webhook"), (0, "outside_scope")):
        monkeypatch.setattr(matching, "_MOST_NUMBERS", most)
        assert verdicts([seen(1, 0)], [record]) == [verdict]


def test_the_different_parts_of_numbers_that_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert matching._MOST_PARTS == 1_000
    records = [inbound(n, 9_000, None, recipient=part, vague=True) for n, part in enumerate(("+121256…", "+12126…"))]
    for most, verdict in ((2, "no_webhook"), (1, "outside_scope")):
        monkeypatch.setattr(matching, "_MOST_PARTS", most)
        assert verdicts([seen(1, 0)], records) == ["no_webhook", verdict]


def test_the_digits_that_are_compared_of_a_number_without_its_country() -> None:
    digits = "4155550123"
    assert parties.fits("+1" + digits, "…" + "9" + digits[-parties.LEAST_DIGITS :])
    assert read_party("0" + digits[-parties.LEAST_DIGITS :], international) == "…" + digits[-parties.LEAST_DIGITS :]
    assert (
        read_party("0" + digits[-parties.LEAST_DIGITS + 1 :], international)
        == "0" + digits[-parties.LEAST_DIGITS + 1 :]
    )


def test_the_slack_of_a_time_at_the_ends_of_an_interval() -> None:
    slack = judging._SLACK_US / 1_000_000
    down = (Interval(at(0).us, at(60).us),)
    found = {
        seconds: results([seen(9, 9_000)], [inbound(1, seconds)], scope(down=down))[0].reason
        for seconds in (-slack, -slack - 1, 60 + slack, 61 + slack)
    }
    assert [reason == "server_down" for reason in found.values()] == [True, False, True, False]


def test_the_farthest_zone() -> None:
    for quarters, rows_ in ((zones._FARTHEST, 1), (zones._FARTHEST + 1, 0)):
        assert estimate_zone([10**15], [quarters * 15 * 60_000_000])[1].rows == rows_


@pytest.mark.parametrize(("more", "is_change"), [(0, True), (-1, False)])
def test_the_rows_that_make_a_change_of_the_clock(more: int, is_change: bool) -> None:
    hour = 3_600_000_000
    arrivals = [n * hour for n in range(20)]
    deltas = [0] * (20 - zones._LEAST_ROWS - more) + [hour] * (zones._LEAST_ROWS + more)
    assert (estimate_zone(arrivals, deltas)[1].second is not None) is is_change


@pytest.mark.parametrize(("wrong", "is_change"), [(2, True), (3, False)])
def test_the_share_of_rows_that_may_contradict_a_change_of_the_clock(wrong: int, is_change: bool) -> None:
    assert zones._WRONG_SHARE == 0.02
    hour = 3_600_000_000
    deltas = [0] * 50 + [hour] * 50
    for n in range(wrong):
        deltas[10 + n] = hour
    assert (estimate_zone(list(range(0, 100 * hour, hour)), deltas)[1].second is not None) is is_change

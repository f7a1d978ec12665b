"""The list of messages in JSON, wherever it is, without holding all of it."""

import io
import json

import pytest

from app.records.bounds import MAX_NESTING
from app.records.failures import UnreadableRecords
from app.records.objects import read_objects


def _is_row(row: dict[str, object]) -> bool:
    return "id" in row


def _read(text: str) -> list[object]:
    return list(read_objects(io.StringIO(text), _is_row))


def _problem(text: str) -> str:
    with pytest.raises(UnreadableRecords) as error:
        _read(text)
    return str(error.value)


ROWS = [{"id": 1, "tags": [{"x": 1}]}, {"id": 2}]


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        {"messages": ROWS, "page": 0},
        {"meta": {"links": [{"id": 9}], "a": [1, [2]]}, "objects": ROWS},
        {"links": [{"x": 1}], "results": ROWS},
        {"data": {"total": 2, "data": ROWS}},
        {"Message360": {"ResponseStatus": 1, "Messages": {"Page": 1, "Message": ROWS}}},
        {"messages": ROWS, "others": [{"id": 3}]},
        {"messages": [None, ROWS[0], 7, "x", ROWS[1]]},
    ],
)
def test_the_list_is_found(value: object) -> None:
    assert _read(json.dumps(value)) == ROWS
    assert _read(json.dumps(value, indent=2)) == ROWS
    # A document that is too large to be held is read in another way.
    long = {"padding": ["x" * 1_000] * 3_000}
    if isinstance(value, dict):
        assert _read(json.dumps(value | long)) == ROWS
        assert _read(json.dumps(long | value)) == ROWS


def test_many_objects_are_read_across_the_ends_of_the_buffer() -> None:
    rows = [{"id": n, "text": "ä" * (n % 700)} for n in range(5_000)]
    assert _read(json.dumps(rows)) == rows
    assert _read(json.dumps({"data": rows}, ensure_ascii=False, indent=1)) == rows
    assert _read("\n".join(json.dumps(row) for row in rows)) == rows


@pytest.mark.parametrize("between", ["\n", "\r\n", "", " ", "\x1e", "\n\n"])
def test_json_lines(between: str) -> None:
    assert _read(between.join(map(json.dumps, ROWS)) + between) == ROWS


def test_pages_one_after_another_are_one_list() -> None:
    assert _read("\n".join(json.dumps({"messages": [row], "page": n}) for n, row in enumerate(ROWS))) == ROWS


def test_one_object_is_a_row_and_so_are_lines_of_unknown_objects() -> None:
    assert _read('{"id": 1, "attempts": [{"id": 2}]}') == [{"id": 1, "attempts": [{"id": 2}]}]
    assert _read('{"x": 1, "tags": []}\n{"x": 2}') == [{"x": 1, "tags": []}, {"x": 2}]


def test_a_list_below_too_many_levels_is_not_found() -> None:
    def nested(levels: int) -> object:
        value: object = {"a": ROWS}
        for _ in range(levels):
            value = {"b": value}
        return value

    assert _read(json.dumps(nested(MAX_NESTING))) == ROWS
    assert _read(json.dumps(nested(MAX_NESTING + 1))) == [nested(MAX_NESTING + 1)]


@pytest.mark.parametrize("text", ["[]", '{"messages": []}', '{"a": {"messages": []}, "b": []}', "[1, 2]"])
def test_an_empty_list_is_named(text: str) -> None:
    assert "no list of messages, or the list is empty" in _problem(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"messages": [{"id": 1},\n{"id": 2,}]}', 2),
        ('[{"id": 1}\n\n{"id": 2}]', 3),
        ('[{"id": 1},', 1),
        ('{"id": 1}\n]', 2),
        ('{"id": 1}\n{"id": ', 2),
        ("{", 1),
        ("{1: 2}", 1),
        ('{"a" 1}', 1),
        ('[{"id": 1}] x', 1),
        ("[" * 100_000, 1),
        ('{"a":' * 100_000, 1),
        ('[{"id": ' + "9" * 5_000 + "}]", 1),
    ],
)
def test_broken_json_is_named_by_its_line(text: str, line: int) -> None:
    assert _problem(text).startswith(f"file: Line {line} is not valid JSON")

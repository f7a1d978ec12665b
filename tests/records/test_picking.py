"""The values of a row, from a table and from JSON."""

from app.records.picking import MAX_PARTS, ObjectCells, TableCells, own_cells
from app.records.shape import VALUES, RecordShape

SHAPE = RecordShape(
    provider=None,
    title="test",
    needs=frozenset(),
    columns={"id": ("url", "id"), "to": ("list.*.to",), "text": ("body", "text")},
    each="list",
)
TO, TEXT = VALUES.index("to") - 1, VALUES.index("text") - 1


def test_the_columns_of_a_table_are_found_in_any_case_and_the_first_of_two_with_one_name() -> None:
    cells = TableCells(SHAPE, ["ID", " Text ", "x", "text"])
    [(part, ids, others)] = cells.parts(["1", "a", "b", "c"])
    assert (part, ids, others[TEXT], others[TO]) == (0, ("1",), "a", "")
    assert len(others) == len(VALUES) - 1
    read = cells.reader(["1", "a", "b", "c"])
    assert (read("x"), read("y")) == ("b", "")


def test_each_item_of_a_list_is_a_part() -> None:
    row = {"Id": 7, "body": None, "text": "hello", "list": [{"to": 31612345678}, {"to": "2"}]}
    parts = ObjectCells(SHAPE).parts(row)
    assert [(part, ids, others[TO]) for part, ids, others in parts] == [
        (0, ("", "7"), "31612345678"), (1, ("", "7"), "2")
    ]  # fmt: skip
    assert parts[0][2][TEXT] == "hello"


def test_a_row_without_its_list_is_one_part() -> None:
    assert [part for part, _, _ in ObjectCells(SHAPE).parts({"id": "1", "list": []})] == [0]


def test_the_parts_of_a_row_are_bounded() -> None:
    row = {"list": [{"to": str(n)} for n in range(MAX_PARTS + 5)]}
    assert len(ObjectCells(SHAPE).parts(row)) == MAX_PARTS


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert ObjectCells(SHAPE).reader({"a": "x\ud800"})("a") == "x\ufffd"
    assert own_cells(["a"], {"a": "\udfff"}) == ["\ufffd"]


def test_own_cells_are_those_of_the_file() -> None:
    assert own_cells(["a", "b"], ["1", "2", ""]) == ["1", "2"]
    assert own_cells(["a", "b.c", "d"], {"a": 1, "b": {"c": None}}) == ["1", "", ""]

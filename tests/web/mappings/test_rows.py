"""What the form lists: each field of a request once, and what was chosen even where the request does not have it."""

import json

import pytest

from app.domain.captures import RawRequest
from app.domain.statuses import Status, Word
from app.services.mapping_preview import SeenWord
from app.web.mappings.form import SHOWN, MappingDraft, read_draft
from app.web.mappings.rows import MAX_SHOWN, field_rows, word_rows
from tests.parsing.support import JSON, request


def a_json(value: object, **more: object) -> RawRequest:
    return request(json.dumps(value).encode(), JSON, **more)


def a_draft(**uses: str) -> MappingDraft:
    form = {}
    for index, (use, address) in enumerate(uses.items()):
        form |= {f"field.{index}.name": address, f"field.{index}.use": use, f"field.{index}.rank": str(index)}
    return read_draft(form)


def test_items_of_a_list_are_one_row_and_headers_come_last() -> None:
    raw = a_json({"list": [{"id": "", "n": 1}, {"id": "b"}], "x": "y"}, target="/k?q=1")
    rows = field_rows(raw, a_draft(id="LIST.*.id"))
    assert [(row.address, row.value, row.values, row.use) for row in rows] == [
        ("q", "1", 1, ""), ("list.*.id", "b", 2, "id"), ("list.*.n", "1", 1, ""), ("x", "y", 1, ""),
        ("header:Content-Type", "application/json", 1, ""),
    ]  # fmt: skip
    assert [row.is_header for row in rows] == [False] * 4 + [True]


def test_what_was_chosen_is_listed_where_the_request_does_not_have_it() -> None:
    raw = a_json({"list": [{"id": "a"}, {"id": "b"}]})
    rows = field_rows(raw, a_draft(id="list.1.id", text="body"))
    assert [(row.address, row.value, row.values, row.use, row.rank) for row in rows[1:3]] == [
        ("list.1.id", "b", 1, "id", 0), ("body", "", 0, "text", 1)
    ]  # fmt: skip
    assert [row.address for row in field_rows(None, a_draft(text="body"))] == ["body"]


@pytest.mark.parametrize("length", [MAX_SHOWN, MAX_SHOWN + 1])
def test_a_value_is_shown_to_this_length(length: int) -> None:
    value = field_rows(a_json({"a": "v" * length}), a_draft())[0].value
    assert len(value) == MAX_SHOWN
    assert value.endswith("…") is (length > MAX_SHOWN)


@pytest.mark.parametrize("count", [SHOWN, SHOWN + 1])
def test_so_many_fields_are_shown(count: int) -> None:
    raw = request(json.dumps({f"f{number}": 1 for number in range(count)}).encode())
    assert len(field_rows(raw, a_draft())) == SHOWN


def test_the_most_frequent_words_come_first() -> None:
    form = {"word.0.text": "old", "word.0.means": "sent", "word.0.final": "true", "word.1.text": "Sent"}
    seen = [SeenWord(text="Sent", count=4, word=Word(Status.SENT), usual=None)]
    assert [(row.text, row.count, row.means, row.usual, row.final) for row in word_rows(read_draft(form), seen)] == [
        ("Sent", 4, "", "sent", ""), ("old", 0, "sent", "", "true")
    ]  # fmt: skip

"""The registry: every format follows the same rules."""

import json

import pytest

from app.export import EXPORTERS, WHATS, About
from app.export.format import Format

ABOUT = About(columns=("a", "b"), version="1", origin="http://x")


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_format_says_what_it_takes_under_its_own_name(name: str) -> None:
    form: Format = EXPORTERS[name]
    assert form.name == name
    assert form.title
    assert set(form.takes) <= set(WHATS)


def test_json_lines_hold_an_object_a_line_whatever_is_in_it() -> None:
    form = EXPORTERS["jsonl"]
    rows = [{"a": "x\ny\u2028z", "b": None}, {"a": "=1", "b": [1]}]
    data = form.begin(ABOUT) + b"".join(form.row(ABOUT, row) for row in rows) + form.end
    assert [json.loads(line) for line in data.decode().split("\n")[:-1]] == rows

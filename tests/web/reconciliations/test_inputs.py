"""The settings of a comparison in a query or a form."""

import pytest

from app.errors import Invalid
from app.web.reconciliations.inputs import compare_input


def test_blank_fields_are_as_if_they_were_not_there() -> None:
    given = compare_input({"zone": " ", "keep_rows": "", "mapping": ""})
    assert (given.settings().zone, given.settings().keep_rows, given.mapping) == (None, False, None)


def test_settings_are_read() -> None:
    given = compare_input({"zone": " +02:00 ", "keep_rows": "1", "mapping": '{"columns": {"id": "Ref"}}'})
    assert (given.settings().zone, given.settings().keep_rows) == ("+02:00", True)
    assert given.mapping is not None
    assert given.mapping.columns.id == "Ref"
    with pytest.raises(Invalid):
        compare_input({"zone": "U" * 61})

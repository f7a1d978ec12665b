"""The filter of records in a query."""

import pytest

from app.errors import Invalid
from app.web.reconciliations.chosen import chosen


def test_verdict_and_reason_are_read_by_their_names() -> None:
    assert chosen({}) == (None, None)
    assert chosen({"verdict": "no_webhook", "reason": "server_down"}) == ("no_webhook", "server_down")
    with pytest.raises(Invalid) as caught:
        chosen({"verdict": "lost", "reason": "bad luck"})
    assert [field for field, _ in caught.value.problems] == ["verdict", "reason"]

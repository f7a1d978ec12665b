"""Completions as JSON: the label has no quotes, and a whole term is shown whole."""

import pytest

from app.domain.search import Offer
from app.services.completions import COUNTED, Choice, Completed
from app.web.filters.shapes import CompletionShape, show_completed


@pytest.mark.parametrize(
    ("offer", "count", "shown"),
    [
        (Offer(insert="to:", key="to"), None, ("to:", "to:", "recipient, written in the same way")),
        (Offer(insert='"ACME Inc"', key="from", value="ACME Inc"), 3, ('"ACME Inc"', "ACME Inc", "")),
        (Offer(insert="from:x", key="from", value="from:x"), None, ("from:x", "from:x", "")),
        (Offer(insert="status:sent", key="status", value="sent"), None, ("status:sent", "status:sent", "Handed over")),
    ],
)
def test_a_completion_is_shown_as_it_reads(offer: Offer, count: int | None, shown: tuple[str, str, str]) -> None:
    found = show_completed(Completed(start=1, end=2, choices=(Choice(offer=offer, count=count),)))
    assert (found.start, found.end, found.counted) == (1, 2, COUNTED)
    assert found.items == [CompletionShape(*shown, count)]

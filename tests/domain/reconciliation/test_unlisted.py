"""Messages that the file should list and does not, and why they may be missing."""

from app.domain.reconciliation.judging import GRACE_US
from app.domain.reconciliation.model import SeenMessage
from app.domain.reconciliation.unlisted import EDGE_US, TELNYX_GRACE_US

from .cases import NOW_US, SECOND, START_US, called_back, compare, inbound, outbound, scope, seen

EDGE = EDGE_US / SECOND
LAST = 10_000
FILE = [inbound(1, 0), inbound(2, LAST)]
HERE = [seen(1, 1), seen(2, LAST + 1)]


def _reasons(*messages: SeenMessage, file=FILE, **changed: object) -> dict[int, str]:
    join = compare([*HERE, *messages], file, scope(**changed))
    found = list(join.unlisted())
    assert join.summary().verdicts.get("only_here", 0) == len(found)
    return {each.message: each.reason.value for each in found}


def test_the_reason_is_the_first_that_applies() -> None:
    other = "+12125550100"
    middle = LAST / 2
    assert _reasons(seen(3, middle)) == {3: "not_in_file"}
    assert _reasons(seen(3, middle, recipient=other)) == {3: "number_not_in_file"}
    assert _reasons(seen(3, middle, recipient=other, genuine=False)) == {3: "not_genuine"}
    assert _reasons(seen(3, middle, recipient=other, genuine=False, simulated=True)) == {3: "simulated"}
    assert _reasons(seen(3, middle, genuine=True)) == {3: "not_in_file"}


def test_a_message_close_to_the_first_or_last_row_is_at_the_edge() -> None:
    places = {3: EDGE, 4: EDGE + 1, 5: LAST - EDGE - 1, 6: LAST - EDGE}
    messages = [seen(number, seconds) for number, seconds in places.items()]
    assert _reasons(*messages) == {3: "edge_of_file", 4: "not_in_file", 5: "not_in_file", 6: "edge_of_file"}


def test_only_what_the_file_covers_can_be_missing_in_it() -> None:
    assert _reasons(seen(3, -1), seen(4, LAST + 2)) == {}
    assert _reasons(called_back(3, LAST / 2)) == {}
    assert _reasons(called_back(3, 50), file=[*FILE, outbound(7, 40), outbound(8, 60)]) == {3: "edge_of_file"}
    assert _reasons(seen(3, LAST / 2, provider="plivo")) == {}


def test_a_file_that_was_read_by_a_mapping_is_of_every_provider() -> None:
    file = [inbound(1, 0, provider=None), inbound(2, LAST, provider=None)]
    assert _reasons(seen(3, LAST / 2, provider="plivo"), file=file) == {3: "not_in_file"}


def test_numbers_that_are_known_in_part_are_no_reason() -> None:
    file = [*FILE, inbound(4, LAST / 2 + 900, None, recipient="+121256…", vague=True)]
    assert _reasons(seen(3, LAST / 2, recipient="+12125550100"), file=file) == {3: "not_in_file"}


def test_a_young_message_may_not_be_in_the_list_yet() -> None:
    now = (NOW_US - START_US) / SECOND
    file = [inbound(1, 0), inbound(2, now)]
    limit = now - GRACE_US / SECOND
    assert _reasons(seen(3, limit), seen(4, limit + 1), file=file) == {3: "not_in_file"}


def test_reports_of_telnyx_may_lack_the_last_hours() -> None:
    now = (NOW_US - START_US) / SECOND
    file = [inbound(1, 0, provider="telnyx"), inbound(2, now, provider="telnyx")]
    limit = now - TELNYX_GRACE_US / SECOND
    messages = [seen(3, limit, provider="telnyx"), seen(4, limit + 1, provider="telnyx")]
    assert _reasons(*messages, file=file) == {3: "not_in_file"}

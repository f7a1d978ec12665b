"""Which captures a forward or a listener gets."""

from app.domain.forwards.model import Forward
from app.domain.listeners import ListenerChoice
from app.domain.roles import Role
from app.domain.search import Query
from app.services.choosing import chosen_rows, query_of
from tests.services.forwards.conftest import place as place  # noqa: PLC0414
from tests.services.forwards.target import Forwarding


async def test_roles_and_filter_both_have_to_match(place: Forwarding) -> None:
    await place.capture(b"long text")
    rows = await place.rows()
    cases = (({}, 1), ({"filter": "size:>5"}, 1), ({"filter": "size:<5"}, 0), ({"roles": (Role.STATUS,)}, 0))
    for values, count in cases:
        for choice in (Forward(name="F", url="", **values), ListenerChoice(**values)):
            assert len(await chosen_rows(place.store, place.bin.id, choice, query_of(choice), rows)) == count
    assert query_of(Forward(name="F", url="")) == Query()

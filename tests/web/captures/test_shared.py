"""What all tabs share: related captures with their distance, and attempts."""

from app import keys
from app.domain.masking.policy import NO_MASK
from app.web.captures.shared import read_shared
from tests.conftest import Running


async def test_the_captures_of_one_message_are_related_with_the_time_between_them(server: Running) -> None:
    for role in ("", "/status"):
        form = {"MessageSid": "SM1", "From": "+14155550107", "To": "+19495550142", "MessageStatus": "sent"}
        async with server.client.post(server.capture_url + role, data=form) as answer:
            assert answer.status == 200
    await server.settled(2)
    store = server.app[keys.STORE]
    for n, other, word in ((1, 2, "after"), (2, 1, "before")):
        capture = await store.get_capture(server.bin.id, n)
        shared = await read_shared(store, server.bin.id, capture, NO_MASK, {"one": "One"}, "one")
        (related,) = shared.related
        assert related.row.n == other
        assert related.gap.endswith(f"{word} this one")
        assert (shared.tabs, shared.tab) == ({"one": "One"}, "one")

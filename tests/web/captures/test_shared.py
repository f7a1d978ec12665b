"""What all tabs share: related captures with their distance, and attempts."""

from app import keys
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
        shared = await read_shared(store, server.bin.id, capture, {"one": "One"}, "one")
        (related,) = shared.related
        assert related.row.n == other
        assert related.gap.endswith(f"{word} this one")
        assert (shared.tabs, shared.tab) == ({"one": "One"}, "one")


async def test_what_the_provider_asks_for_is_said_with_the_request_that_asks(server: Running) -> None:
    body = '{"Type": "%s", "MessageId": "1", "TopicArn": "arn:aws:sns:us-east-1:1:t", "SubscribeURL": "https://sns"}'
    for kind in ("SubscriptionConfirmation", "Notification"):
        headers = {"x-amz-sns-message-type": kind, "Content-Type": "text/plain"}
        async with server.client.post(server.capture_url, data=body % kind, headers=headers):
            pass
    store = server.app[keys.STORE]
    asks = []
    for n in (1, 2):
        capture = await store.get_capture(server.bin.id, n)
        asks.append((await read_shared(store, server.bin.id, capture, {}, "one")).asks)
    assert asks[1] is None
    assert asks[0] is not None
    assert "Open the SubscribeURL" in asks[0]
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1") as answer:
        assert asks[0].split(".")[0] in await answer.text()

"""The WebSocket of a listener, the list, and taking one off."""

import io
import json

import pytest

from app import __version__
from tests.conftest import Running, with_shared_server
from tests.ingress.http import talk

from .listening import (
    attempts,
    bandwidth_batch,
    infobip_batch,
    listed,
    listening,
    send,
    send_json,
    telnyx_status,
    until_attempts,
    until_listed,
)


async def test_a_capture_comes_as_it_was_received_and_its_result_is_shown(server: Running) -> None:
    async with listening(server) as laptop:
        assert laptop.hello == {
            "t": "hello", "name": "laptop", "bin": server.bin.id, "cursor": 0, "behind": 0, "window": 8,
            "version": __version__,
        }  # fmt: skip
        body = b"From=%2B14155550123&To=%2B12125550199&Body=hi+there%0A&MessageSid=SM1&AccountSid=AC1"
        head = f"POST /{server.bin.key}/fallback/a%2Fb/?x=1&x=2 HTTP/1.1\r\nHost: sms.example\r\nX-Odd: caf\xe9\r\n"
        head += "Content-Type: application/x-www-form-urlencoded\r\nx-ODD:  2\r\nConnection: close\r\n"
        await talk(server.port, f"{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body)
        capture = await laptop.capture()
        async with server.client.get(f"{server.bin_api}/captures/1") as answer:
            stored = await answer.json()
        assert (capture["n"], capture["role"], capture["method"], capture["attempt"]) == (1, "fallback", "POST", 1)
        assert capture["target"] == stored["target"] == f"/{server.bin.key}/fallback/a%2Fb/?x=1&x=2"
        assert capture["path"] == "/a%2Fb/?x=1&x=2"
        assert capture["headers"] == stored["headers"]
        assert [pair for pair in capture["headers"] if pair[0].lower() == "x-odd"] == [
            ["X-Odd", "caf\xe9"],
            ["x-ODD", "2"],
        ]
        assert (capture["bytes"], capture["size"], capture["more"]) == (body, len(body), False)
        assert capture["received_at"] == stored["received_at"]
        assert capture["url"] == f"http://sms.example{capture['target']}"
        assert capture["page_url"] == f"{server.url}/bins/{server.bin.id}/captures/1"
        assert capture["summary"] == "inbound +14155550123 -> +12125550199: hi there"
        assert capture["simulated"] is False
        assert (capture["peer"], capture["signature"]) == ("127.0.0.1", None)
        assert not {"deadline_ms", "events"} & capture.keys()
        await laptop.answer(1)
        (attempt,) = await until_attempts(server, 1, 1)
        expected = {
            "n": 1, "number": 1, "url": "", "status": 200, "ms": 31, "error": None, "content_type": "text/xml",
            "body": "<Response/>", "forward": None, "trigger": "first", "listener": "laptop",
        }  # fmt: skip
        assert {name: attempt[name] for name in expected} == expected
        shown = await until_listed(server, "laptop", cursor=1, lag=0, in_flight=0, connected=True)
        assert shown["connected_since"] <= shown["seen_at"]
        last = shown["last"]
        assert (last["n"], last["status"], last["error"], last["ms"]) == (1, 200, None, 31)
    assert (await until_listed(server, "laptop", connected=False))["connected_since"] is None


async def test_a_new_listener_begins_with_the_next_capture_and_a_known_one_where_it_was(server: Running) -> None:
    for text in "abc":
        await send(server, text)
    async with listening(server) as laptop:
        assert (laptop.hello["cursor"], laptop.hello["behind"]) == (3, 0)
        await laptop.nothing()
        for text in "de":
            await send(server, text)
        assert [each["n"] for each in await laptop.captures(2)] == [4, 5]
        await laptop.answer(4)
        await until_listed(server, "laptop", cursor=4)
    async with listening(server) as laptop:
        assert (laptop.hello["cursor"], laptop.hello["behind"]) == (4, 1)
        assert ((await laptop.capture())["n"], laptop.got[0]["attempt"]) == (5, 2)
    async with listening(server, after=2) as laptop:
        assert (laptop.hello["cursor"], laptop.hello["behind"]) == (2, 3)
        assert [(each["n"], each["attempt"]) for each in await laptop.captures(3)] == [(3, 1), (4, 1), (5, 1)]
    async with listening(server, "other", after=0) as other:
        assert [each["n"] for each in await other.captures(5)] == [1, 2, 3, 4, 5]
    async with listening(server, "third", after=99) as third:
        assert (third.hello["cursor"], third.hello["behind"]) == (5, 0)


async def test_acknowledgements_come_in_any_order_and_the_cursor_passes_what_is_contiguous(server: Running) -> None:
    async with listening(server) as laptop:
        for text in "abc":
            await send(server, text)
        await laptop.captures(3)
        await laptop.say("ack", n=3)
        await laptop.say("drop", n=2)
        await laptop.say("ack", n=77)
        assert (await until_listed(server, "laptop", in_flight=1))["cursor"] == 0
    async with listening(server) as laptop:
        assert (laptop.hello["cursor"], laptop.hello["behind"]) == (0, 1)
        assert ((await laptop.capture())["n"], laptop.got[0]["attempt"]) == (1, 2)
        await laptop.nothing()
        await laptop.answer(1, status=500)
        await until_listed(server, "laptop", cursor=3)
    assert [(each["trigger"], each["status"]) for each in await until_attempts(server, 1, 1)] == [("retry", 500)]
    assert await attempts(server, 2) == await attempts(server, 3) == []


async def test_filter_and_roles_choose_and_the_cursor_passes_the_rest(server: Running) -> None:
    async with listening(server, match="text~keep", role="primary,status") as laptop:
        for text, role in (("keep 1", ""), ("other", ""), ("keep 3", "/fallback"), ("keep 4", ""), ("other", "")):
            await send(server, text, role)
        assert [each["n"] for each in await laptop.captures(2)] == [1, 4]
        await laptop.answer(4)
        await laptop.answer(1)
        await until_listed(server, "laptop", cursor=5, lag=0)
    async with listening(server) as laptop:
        assert laptop.hello["cursor"] == 5


async def test_no_more_than_the_window_is_sent(server: Running) -> None:
    async with listening(server) as laptop:
        for number in range(10):
            await send(server, str(number))
        await laptop.captures(8)
        await laptop.nothing()
        await laptop.say("ack", n=5)
        assert (await laptop.capture())["n"] == 9
        await laptop.nothing()
        await laptop.say("ack", n=1)
        assert (await laptop.capture())["n"] == 10


async def test_a_failure_is_shown_with_its_reason_and_the_last_one_can_be_sent_again(server: Running) -> None:
    async with listening(server) as laptop:
        await laptop.say("replay_last")
        await laptop.nothing()
        await send(server)
        await laptop.capture()
        await laptop.say("failed", n=1, why="refused\x1b[31m", ms=3)
        await laptop.say("failed", n=1, why="again", ms=3)
        await laptop.say("replay_last")
        await laptop.nothing()
        await laptop.say("ack", n=1)
        await laptop.say("replay_last")
        again = await laptop.capture()
        assert (again["n"], again["attempt"]) == (1, 2)
        await laptop.answer(1)
        found = await until_attempts(server, 1, 2)
        told = [(each["trigger"], each["status"], each["error"], each["ms"]) for each in found]
        assert told == [("first", None, "refused [31m", 3), ("manual", 200, None, 31)]
        assert (await until_listed(server, "laptop", in_flight=0))["cursor"] == 1


async def test_events_come_with_a_capture_if_they_are_wanted(server: Running) -> None:
    async with listening(server, event=1) as laptop:
        await send(server, "hi")
        await send(server, "hi")
        await send(server, "", "/status", MessageStatus="delivered", From="", To="")
        events = [event for capture in await laptop.captures(3) for event in capture["events"]]
    assert [event["type"] for event in events] == ["sms.received", "sms.received", "sms.status"]
    data = events[1]["data"]
    assert (data["from"], data["text"], data["n"], data["event"], data["raw"]) == ("+14155550123", "hi", 2, 0, None)
    assert (events[0]["data"]["duplicate_of"], data["duplicate_of"]) == (None, 1)


async def test_a_request_with_several_messages_comes_with_all_its_events(server: Running) -> None:
    """Both providers send batches; a repeat says so for each of its events."""
    async with listening(server, event=1) as laptop:
        for body in (infobip_batch(), bandwidth_batch("m0", "m1", "m2"), infobip_batch()):
            await send_json(server, body)
        first, second, third = [capture["events"] for capture in await laptop.captures(3)]
    assert [each["data"]["text"] for each in first] == ["first", ""]
    assert [each["data"]["message_id"] for each in second] == ["m0", "m1", "m2"]
    assert [(each["data"]["n"], each["data"]["event"]) for each in second] == [(2, 0), (2, 1), (2, 2)]
    assert [each["data"]["duplicate_of"] for each in (*first, *third)] == [None, None, 1, 1]


async def test_more_than_one_mebibyte_of_events_arrives(server: Running) -> None:
    async with listening(server, event=1) as laptop:
        async with server.client.post(f"{server.capture_url}/status", json=telnyx_status(100)) as answer:
            assert answer.status == 200
        events = (await laptop.capture())["events"]
    assert [each["data"]["to"] for each in events] == [f"+1415555{number:04}" for number in range(100)]
    assert {len(each["data"]["text"]) for each in events} == {8_000}
    assert len(json.dumps(events, ensure_ascii=False).encode()) > 2 << 20


async def test_the_newer_one_of_a_name_takes_over_and_both_are_told(server: Running) -> None:
    async with listening(server) as old:
        await send(server)
        await old.capture()
        async with listening(server) as new:
            assert (new.hello["took_over"], new.hello["cursor"]) == (True, 0)
            assert await old.frame() == {"t": "taken_over"}
            assert await old.closed() == 4409
            assert ((await new.capture())["n"], new.got[0]["attempt"]) == (1, 2)
            await new.answer(1)
            await until_listed(server, "laptop", cursor=1, connected=True)


async def test_different_names_each_get_everything(server: Running) -> None:
    async with listening(server, "a") as first, listening(server, "b") as second:
        for text in "xyz":
            await send(server, text)
        for laptop in (first, second):
            assert [each["n"] for each in await laptop.captures(3)] == [1, 2, 3]
        await first.answer(1)
        await until_listed(server, "a", cursor=1)
        assert (await listed(server))["b"]["cursor"] == 0


async def test_a_listener_that_is_taken_off_is_told_and_begins_anew(server: Running) -> None:
    async with listening(server) as laptop:
        await send(server)
        await laptop.capture()
        await laptop.say("result", n=1, status=200, ms=1)
        await laptop.nothing()
        async with server.client.delete(f"{server.bin_api}/listeners/laptop") as answer:
            assert answer.status == 204
        assert await laptop.frame() == {"t": "removed"}
        assert await laptop.closed() == 4410
    assert await listed(server) == {}
    assert [each["listener"] for each in await attempts(server, 1)] == ["laptop"]
    for path in ("listeners/laptop", "listeners/none"):
        async with server.client.delete(f"{server.bin_api}/{path}") as answer:
            assert answer.status == 404
    async with listening(server) as laptop:
        assert laptop.hello["cursor"] == 1


async def test_deleted_captures_are_not_sent(server: Running) -> None:
    async with listening(server) as laptop:
        for text in "abcd":
            await send(server, text)
        await laptop.captures(4)
    for n in (1, 3):
        async with server.client.delete(f"{server.bin_api}/captures/{n}") as answer:
            assert answer.status == 204
    async with listening(server) as laptop:
        assert [each["n"] for each in await laptop.captures(2)] == [2, 4]
        for n in (2, 4):
            await laptop.answer(n)
        await until_listed(server, "laptop", cursor=4)
    await send(server)
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        assert answer.status in (200, 204)
    async with listening(server) as laptop:
        assert laptop.hello["behind"] == 0
        await send(server, "after")
        assert (await laptop.capture())["n"] == 6


async def test_a_deleted_bin_and_a_stopped_server_close_with_their_codes(server: Running) -> None:
    async with listening(server) as laptop, listening(server, "other") as other:
        async with server.client.delete(server.bin_api) as answer:
            assert answer.status == 204
        assert (await laptop.closed(), await other.closed()) == (4404, 4404)


async def test_a_rotated_key_changes_nothing(server: Running) -> None:
    async with listening(server) as laptop:
        await send(server)
        async with server.client.post(f"{server.bin_api}/rotate-key") as answer:
            urls = (await answer.json())["urls"]
        async with server.client.post(urls["status"] + "/x?a=b", data={"a": "b"}) as answer:
            assert answer.status == 200
        assert [each["path"] for each in await laptop.captures(2)] == ["", "/x?a=b"]


async def test_a_body_of_5_mib_comes_in_frames_of_at_most_1_mib(server: Running) -> None:
    body = bytes(range(256)) * (5 << 12)
    async with listening(server) as laptop:
        async with server.client.post(server.capture_url, data=io.BytesIO(body)) as answer:
            assert answer.status == 200
        capture = await laptop.capture()
        assert (capture["size"], capture["more"]) == (5 << 20, True)
        assert capture["bytes"] == body
        await laptop.answer(1)
        await until_listed(server, "laptop", cursor=1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "name"), ("name=", "name"), ("name=a%20b", "name"), ("name=" + "a" * 61, "name"),
        ("name=a&after=x", "after"),
        ("name=a&after=-1", "after"), ("name=a&match=foo:bar", "match"), ("name=a&match=after:10m", "match"),
        ("name=a&match=forward:failed", "match"), ("name=a&match=target:app", "match"),
        ("name=a&role=other", "role"), ("name=a&event=2", "event"),
        ("name=a&answer=yes", "answer"), ("name=a&more=1", "more"), ("name=a&name=b", "name"),
    ],
)  # fmt: skip
@with_shared_server
async def test_a_wrong_parameter_is_named_before_the_upgrade(shared_server: Running, query: str, field: str) -> None:
    async with shared_server.client.get(f"{shared_server.bin_api}/listen?{query}") as answer:
        assert (answer.status, answer.content_type) == (422, "application/problem+json")
        assert [each["field"] for each in (await answer.json())["errors"]] == [field]

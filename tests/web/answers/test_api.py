"""Answers and faults through the API: what is said comes back, what is wrong is named, what is set is played."""

from datetime import timedelta

import pytest

from app import clock
from app.domain.answers.model import EMPTY_TWIML
from app.domain.units import rfc3339
from tests.conftest import Running, with_shared_server

REPLY = {
    "status": 201,
    "headers": [["Content-Type", "text/xml"], ["X-Order", "1"]],
    "body": "<Response><Sms>{{text}}</Sms></Response>",
    "delay_ms": 5,
}


async def put(server: Running, path: str, value: object, status: int = 200) -> dict:
    async with server.client.put(f"{server.bin_api}/{path}", json=value) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def get(server: Running, path: str) -> dict:
    async with server.client.get(f"{server.bin_api}/{path}") as answer:
        assert answer.status == 200
        return await answer.json()


async def test_a_role_answers_the_default_until_something_is_set(server: Running) -> None:
    assert await get(server, "answers/primary") == {
        "status": 200,
        "headers": [["Content-Type", "text/xml"]],
        "body": EMPTY_TWIML,
        "delay_ms": 0,
        "rules": [],
    }
    assert await get(server, "answers/status") == {
        "status": 200, "headers": [], "body": "", "delay_ms": 0, "rules": [],
    }  # fmt: skip
    whole = REPLY | {"rules": [{"match": "text~stop", "answer": REPLY | {"status": 204, "headers": [], "body": ""}}]}
    assert await put(server, "answers/primary", whole) == whole
    assert await get(server, "answers/primary") == whole
    assert await put(server, "answers/primary", whole | {"rules": []}) == whole | {"rules": []}
    assert (await get(server, "answers/fallback"))["body"] == EMPTY_TWIML
    for _ in range(2):
        async with server.client.delete(f"{server.bin_api}/answers/primary") as answer:
            assert answer.status == 204
    assert (await get(server, "answers/primary"))["body"] == EMPTY_TWIML


async def test_what_went_out_is_told_in_the_capture_and_in_the_har(server: Running) -> None:
    await put(server, "answers/primary", REPLY)
    async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": "a<b"}) as answer:
        assert answer.status == 201
        assert await answer.text() == "<Response><Sms>a&lt;b</Sms></Response>"
    await server.settled(1)
    answered = (await server.capture(1))["answered"]
    assert answered["sent"] == {"headers": REPLY["headers"], "body": "<Response><Sms>a&lt;b</Sms></Response>"}
    assert (answered["status"], answered["ok"], answered["note"]) == (201, True, None)
    assert (answered["fault"], answered["fault_said"], answered["left_ms"]) == (None, None, None)
    assert set((await server.captures())[0]["answered"]) == {"status", "after_ms", "fault"}
    async with server.client.get(f"{server.bin_api}/export?format=har") as answer:
        response = (await answer.json(content_type=None))["log"]["entries"][0]["response"]
    assert response["content"]["text"] == "<Response><Sms>a&lt;b</Sms></Response>"
    assert response["content"]["mimeType"] == "text/xml"


@with_shared_server
@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({}, ["body"]),
        ({"status": 199}, ["status"]),
        ({"status": 600}, ["status"]),
        ({"status": True}, ["status"]),
        ({"status": "200"}, ["status"]),
        ({"headers": {"X": "1"}}, ["headers"]),
        ({"headers": [["X"]]}, ["headers"]),
        ({"headers": [["X-1", "1"]] * 21}, ["headers"]),
        ({"headers": [["X-1", "1"], ["Set-Cookie", "a=b"]]}, ["headers.1"]),
        ({"headers": [["transfer-encoding", "chunked"]]}, ["headers.0"]),
        ({"headers": [["X-Capture", "7"]]}, ["headers.0"]),
        ({"headers": [["X-Accel-Redirect", "/"]]}, ["headers.0"]),
        ({"headers": [["X Y", "1"]]}, ["headers.0"]),
        ({"headers": [["X", "a\r\nb: c"]]}, ["headers.0"]),
        ({"headers": [["X", "☂"]]}, ["headers.0"]),
        ({"headers": [["X", "{{text}}"]]}, ["headers.0"]),
        ({"headers": [["X", "a" * 8_001]]}, ["headers.0"]),
        ({"body": 1}, ["body"]),
        ({"body": "ü" * 40_000}, ["body"]),
        ({"status": 204, "body": "x"}, ["body"]),
        ({"delay_ms": 60_001}, ["delay_ms"]),
        ({"delay_ms": -1}, ["delay_ms"]),
        ({"colour": "red"}, ["colour"]),
        ({"rules": 1}, ["rules"]),
        ({"rules": [1]}, ["rules.0"]),
        ({"rules": [{"match": "text~a", "answer": {}}] * 21}, ["rules"]),
        ({"rules": [{"match": "text~a", "answer": {}}, {"match": "colour:red", "answer": {}}]}, ["rules.1.match"]),
        ({"rules": [{"match": " ", "answer": {}}]}, ["rules.0.match"]),
        ({"rules": [{"match": "a", "answer": {"rules": []}, "x": 1}]}, ["rules.0.x", "rules.0.answer.rules"]),
        ({"status": 1, "rules": [{"match": "a", "answer": {"status": 99}}]}, ["status", "rules.0.answer.status"]),
    ],
)
async def test_a_wrong_answer_is_refused_with_the_field_named(
    shared_server: Running, value: dict, fields: list[str]
) -> None:
    problem = await put(shared_server, "answers/voice", value, 422)
    assert [error["field"] for error in problem["errors"]] == fields
    assert (await get(shared_server, "answers/voice"))["body"] == EMPTY_TWIML


async def test_a_wrong_filter_is_told_with_its_place(server: Running) -> None:
    rules = [{"match": "text~a colour:red", "answer": {}}]
    problem = await put(server, "answers/primary", {"rules": rules}, 422)
    assert "character 8" in problem["errors"][0]["message"]


async def test_a_fault_is_set_shown_counted_and_healed(server: Running) -> None:
    assert await get(server, "faults/primary") == {"fault": None}
    state = await put(server, "faults/primary", {"kind": "status", "status": [500, 429], "count": 3})
    assert state["fault"] | {"until": None} == {
        "kind": "status", "status": [500, 429], "seconds": None, "count": 3, "until": None, "chance": 100,
    }  # fmt: skip
    assert state["left"] == {"count": 3, "seconds": 600}
    async with server.client.post(server.capture_url, data=b"x") as answer:
        assert (answer.status, answer.headers["X-Capture"]) == (500, "1")
    state = await get(server, "faults/primary")
    assert (state["left"]["count"], state["hits"]) == (2, 1)
    assert 590 <= state["left"]["seconds"] <= 600
    assert await get(server, "faults/fallback") == {"fault": None}
    assert (await server.captures())[0]["answered"]["fault"] == "status"
    assert (await server.capture(1))["answered"]["fault_said"] == "status 500"
    for _ in range(2):
        async with server.client.delete(f"{server.bin_api}/faults/primary") as answer:
            assert answer.status == 204
    assert await get(server, "faults/primary") == {"fault": None}


async def test_what_is_shown_can_be_set_again(server: Running) -> None:
    until = rfc3339(clock.now() + timedelta(hours=23))
    for wish in ({"kind": "hold"}, {"kind": "drop", "until": until, "chance": 50}, {"kind": "status"}):
        shown = (await put(server, "faults/primary", wish))["fault"]
        assert (await put(server, "faults/primary", shown))["fault"] == shown
    assert shown["status"] == 503


@with_shared_server
@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({}, ["kind"]),
        ({"kind": "melt"}, ["kind"]),
        ({"kind": ["hold"]}, ["kind"]),
        ({"kind": "status", "status": 199}, ["status"]),
        ({"kind": "status", "status": []}, ["status"]),
        ({"kind": "status", "status": [200, "x"]}, ["status"]),
        ({"kind": "hold", "status": 500}, ["status"]),
        ({"kind": "hold", "seconds": 121}, ["seconds"]),
        ({"kind": "hold", "seconds": 10**400}, ["seconds"]),
        ({"kind": "hold", "seconds": -1}, ["seconds"]),
        ({"kind": "cut", "seconds": 1}, ["seconds"]),
        ({"kind": "drop", "count": 0}, ["count"]),
        ({"kind": "drop", "count": 1.5}, ["count"]),
        ({"kind": "drop", "chance": 0}, ["chance"]),
        ({"kind": "drop", "chance": 101}, ["chance"]),
        ({"kind": "drop", "until": "tomorrow"}, ["until"]),
        ({"kind": "drop", "until": "2026-11-24T14:02:07"}, ["until"]),
        ({"kind": "drop", "until": "2001-01-01T00:00:00Z"}, ["until"]),
        ({"kind": "drop", "until": "9999-12-31T23:59:59-23:00"}, ["until"]),
        ({"kind": "drop", "colour": 1}, ["colour"]),
        ({"kind": "melt", "count": "1", "chance": True}, ["kind", "count", "chance"]),
    ],
)
async def test_a_wrong_fault_is_refused_with_the_field_named(
    shared_server: Running, value: dict, fields: list[str]
) -> None:
    problem = await put(shared_server, "faults/primary", value, 422)
    assert [error["field"] for error in problem["errors"]] == fields
    assert await get(shared_server, "faults/primary") == {"fault": None}


@pytest.mark.parametrize("what", ["answers", "faults"])
async def test_unknown_bins_and_roles_are_not_found(server: Running, what: str) -> None:
    good = {"answers": {"status": 200}, "faults": {"kind": "drop"}}[what]
    for address in (f"{server.bin_api}/{what}/sms", f"{server.api}/bins/nobody/{what}/primary"):
        for method in ("GET", "PUT", "DELETE"):
            more = {"json": good} if method == "PUT" else {}
            async with server.client.request(method, address, **more) as answer:
                assert answer.status == 404, (method, address)
    async with server.client.get(f"{server.bin_api}/{what}/primary?x=1") as answer:
        assert answer.status == 422


async def test_voice_fallback_is_a_role_like_the_others(server: Running) -> None:
    await put(server, "faults/voice-fallback", {"kind": "status", "status": 418})
    async with server.client.post(server.capture_url + "/voice-fallback") as answer:
        assert answer.status == 418

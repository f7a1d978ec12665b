"""The API of forwards."""

import json

import jsonschema
import pytest

from app.web.forwards.shapes import event_schema
from tests.conftest import Running
from tests.services.forwards.target import Target, a_target, answer_of

from .calling import call, hit, until_state


async def test_a_forward_is_added_listed_changed_and_deleted(opened: Running, target: Target) -> None:
    await hit(opened)
    made = await call(opened, "POST", status=201, name="Mine", url=target.url, start=1, roles=["primary"])
    shown = await until_state(opened, 1, "delivered")
    assert shown == {
        "id": made["id"], "name": "Mine", "state": "delivered", "status": 200, "tries": 1, "next_at": None,
    }  # fmt: skip
    assert (await opened.captures())[0]["forwards"] == [shown]
    (item,) = (await call(opened, "GET"))["items"]
    assert item == await call(opened, "GET", f"/{made['id']}")
    expected = {
        "name": "Mine", "url": target.url, "filter": "", "roles": ["primary"], "mode": "raw",
        "event_content": "full", "order": "message",
        "signature": "sent", "credentials": False, "timeout_s": 10, "paused": False, "state": "on", "reason": None,
        "lag": 0, "delivered": 1, "failed": 0, "expired": 0, "oldest_due_at": None, "probe_at": None, "secret": None,
        "position": 1,
    }  # fmt: skip
    assert {name: item[name] for name in expected} == expected
    changed = await call(opened, "PATCH", f"/{made['id']}", filter="kind:inbound", order="strict", paused=True)
    assert (changed["filter"], changed["order"], changed["state"], changed["name"]) == (
        "kind:inbound", "strict", "paused", "Mine",
    )  # fmt: skip
    await hit(opened, "second", "SM2")
    assert (await until_state(opened, 2, "held"))["next_at"] is None
    async with opened.client.get(f"{opened.bin_api}/captures", params={"q": "target:mine"}) as answer:
        assert [each["n"] for each in (await answer.json())["items"]] == [1]
    assert (await call(opened, "PATCH", f"/{made['id']}", paused=False))["state"] == "on"
    await until_state(opened, 2, "delivered")
    await call(opened, "DELETE", f"/{made['id']}", status=204)
    assert (await opened.capture(2))["forwards"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/test"), ("POST", "/retry")):
        await call(opened, method, f"/{made['id']}{path}", status=404)


async def test_wrong_input_is_named_with_the_cure(opened: Running, target: Target) -> None:
    cases: dict[str, dict[str, object]] = {
        "url": {"url": "ftp://x.example/"}, "filter": {"filter": "foo:bar"}, "roles": {"roles": ["other"]},
        "timeout_s": {"timeout_s": 61}, "name": {"name": ""}, "order": {"order": "random"}, "start": {"start": 0},
        "mode": {"mode": "json"}, "event_content": {"event_content": "thin"},
        "signature": {"mode": "event", "signature": "target"}, "credentials": {"mode": "event", "credentials": True},
        "more": {"more": 1},
    }  # fmt: skip
    for name, wrong in cases.items():
        told = await call(opened, "POST", status=422, **{"name": "F", "url": target.url} | wrong)
        assert [each["field"] for each in told["errors"]] == [name], told
    own = await call(opened, "POST", status=422, name="F", url="https://SMS.example.net/abc")
    assert "is this smsbin itself" in own["detail"]
    itself = await call(opened, "POST", status=422, name="F", url=opened.url)
    assert "is this smsbin itself" in itself["detail"]
    private = await call(opened, "POST", status=422, name="F", url="http://10.0.0.1:8080/sms", filter="foo:bar")
    assert [each["field"] for each in private["errors"]] == ["url", "filter"]
    assert "--allow-targets 10.0.0.1, or run smsbin listen" in private["detail"]
    loop = await call(opened, "POST", status=422, name="F", url=target.url, filter="forward:failed")
    assert "which depends on the forward itself" in loop["detail"]
    assert (await call(opened, "GET"))["items"] == []
    async with opened.client.post(f"{opened.api}/bins/none/forwards", json={"name": "F", "url": target.url}) as answer:
        assert answer.status == 404


async def test_events_are_sent_by_a_forward_in_that_mode(opened: Running, target: Target) -> None:
    made = await call(opened, "POST", status=201, name="E", url=target.url, mode="event", event_content="thin")
    assert (made["mode"], made["event_content"], made["signature"]) == ("event", "thin", "smsbin")
    assert made["secret"].startswith("whsec_")
    await hit(opened)
    assert (await until_state(opened, 1, "delivered"))["tries"] == 1
    (seen,) = target.seen
    data = json.loads(seen.body)["data"]
    assert (data["content"], data["url"]) == ("thin", f"https://sms.example.net/bins/{opened.bin.id}/captures/1")
    async with opened.client.get(f"{opened.bin_api}/captures/1/attempts") as answer:
        (attempt,) = (await answer.json())["items"]
    assert (attempt["event"], attempt["sent_body"]) == (0, seen.body.decode())
    assert ["webhook-id", f"{opened.bin.id}.1.0"] in attempt["sent"]
    assert (await call(opened, "POST", f"/{made['id']}/test"))["event"] == 0
    raw = await call(opened, "PATCH", f"/{made['id']}", mode="raw")
    assert (raw["event_content"], raw["signature"], raw["secret"]) == ("full", "smsbin", made["secret"])
    signed = await call(opened, "PATCH", f"/{made['id']}", signature="sent", credentials=True)
    assert signed["secret"] is None
    again = await call(opened, "PATCH", f"/{made['id']}", mode="event")
    assert (again["signature"], again["credentials"]) == ("smsbin", False)
    wrong = await call(opened, "PATCH", f"/{made['id']}", status=422, signature="target")
    assert "must be smsbin or left out" in wrong["detail"]
    whole = await call(opened, "PATCH", f"/{made['id']}", event_content="raw", credentials=True)
    assert (whole["event_content"], whole["credentials"], whole["follow_ups"]) == ("raw", True, True)
    assert (await call(opened, "PATCH", f"/{made['id']}", follow_ups=False))["follow_ups"] is False


async def test_the_schema_of_events_is_public_and_fits_what_is_sent(opened: Running, target: Target) -> None:
    async with opened.client.get(f"{opened.api}/schemas/event.json", headers={"Authorization": ""}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/schema+json")
        schema = json.loads(await answer.text())
    assert schema == event_schema()
    await call(opened, "POST", status=201, name="E", url=target.url, mode="event")
    await hit(opened)
    (seen,) = await target.got(1)
    jsonschema.Draft202012Validator(schema).validate(json.loads(seen.body))


async def test_a_test_says_what_the_target_answers_and_changes_nothing(opened: Running, target: Target) -> None:
    made = await call(opened, "POST", status=201, name="F", url=target.url, paused=True, filter="text~hi")
    assert "None of the last" in (await call(opened, "POST", f"/{made['id']}/test", status=409))["detail"]
    await hit(opened)
    await hit(opened, "other", "SM2")
    attempt = await call(opened, "POST", f"/{made['id']}/test")
    assert (attempt["n"], attempt["status"], attempt["trigger"], attempt["forward"]) == (1, 200, "manual", made["id"])
    assert ["X-Smsbin-Trigger", "manual"] in attempt["sent"]
    assert (await call(opened, "POST", f"/{made['id']}/test", capture=2))["n"] == 2
    assert (await opened.capture(1))["forwards"][0]["state"] == "held"
    async with opened.client.get(f"{opened.bin_api}/captures/1/attempts") as answer:
        assert (await answer.json())["items"] == [attempt]


async def test_what_failed_is_sent_again(opened: Running) -> None:
    status = [404]
    async with a_target(lambda _: answer_of(status[0])) as target:
        made = await call(opened, "POST", status=201, name="F", url=target.url)
        await hit(opened)
        await until_state(opened, 1, "retrying")
        status[0] = 200
        for wrong in ({"states": ["delivered"]}, {"since": 1, "capture": 1}, {"states": []}):
            await call(opened, "POST", f"/{made['id']}/retry", status=422, **wrong)
        assert await call(opened, "POST", f"/{made['id']}/retry", only_5xx=True, states=["retrying"]) == {"retried": 0}
        assert await call(opened, "POST", f"/{made['id']}/retry", capture=1, states=["retrying"]) == {"retried": 1}
        assert (await until_state(opened, 1, "delivered"))["tries"] == 2
        assert target.seen[-1].header("X-Smsbin-Trigger") == "manual"


async def test_a_live_frame_and_an_export_have_the_forwards(opened: Running, target: Target) -> None:
    await call(opened, "POST", status=201, name="F", url=target.url)
    await hit(opened)
    await until_state(opened, 1, "delivered")
    async with opened.client.ws_connect(f"{opened.bin_api}/live?after=0") as socket:
        frames = [await socket.receive_json(timeout=60) for _ in range(3)]
        found = [frame["capture"]["forwards"] for frame in frames if frame["type"] == "capture"]
        assert [each["state"] for each in found[0]] == ["delivered"]
    for format_ in ("jsonl", "csv"):
        async with opened.client.get(f"{opened.bin_api}/export?format={format_}") as answer:
            assert "delivered" in await answer.text()


async def test_metrics_count_attempts_and_name_no_url(opened: Running, target: Target) -> None:
    made = await call(opened, "POST", status=201, name="F", url=f"{target.url}?token=secret")
    await hit(opened)
    await until_state(opened, 1, "delivered")
    async with opened.client.get(f"{opened.url}/metrics") as answer:
        text = await answer.text()
    assert f'smsbin_forward_attempts_total{{forward="{made["id"]}",result="2xx"}} 1.0' in text
    assert "smsbin_forward_seconds_count 1.0" in text
    assert "secret" not in text


@pytest.mark.parametrize("path", ["", "/x"])
async def test_everything_needs_the_token(opened: Running, path: str) -> None:
    async with opened.client.get(
        f"{opened.bin_api}/forwards{path}", headers={"Authorization": "Bearer wrong"}
    ) as answer:
        assert answer.status == 401


async def test_a_forward_cannot_be_changed_to_a_private_address(opened: Running, target: Target) -> None:
    made = await call(opened, "POST", status=201, name="F", url=target.url)
    told = await call(opened, "PATCH", f"/{made['id']}", status=422, url="http://[fd12::1]/sms")
    assert [each["field"] for each in told["errors"]] == ["url"]
    assert (await call(opened, "GET", f"/{made['id']}"))["url"] == target.url

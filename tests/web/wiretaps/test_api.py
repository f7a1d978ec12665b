"""The API of wiretaps."""

from typing import Any

import pytest

from app import keys
from app.services.wiretaps.outbox import find_outbox
from tests.conftest import Running
from tests.services.forwards.target import Target, answer_of
from tests.web.forwards.calling import call as call_forwards


async def call(server: Running, method: str, role: str = "primary", status: int = 200, **json: object) -> Any:
    async with server.client.request(method, f"{server.bin_api}/wiretaps/{role}", json=json or None) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json() if answer.content_type.endswith("json") else None


async def test_a_wiretap_is_set_shown_used_and_removed(opened: Running, target: Target) -> None:
    none = {"wiretap": None, "limit_s": 10.0, "outbox": None, "overhead": None}
    assert await call(opened, "GET") == none
    given = {"url": target.url, "on_failure": "safe", "timeout_s": 2.5, "credentials": False, "enabled": True}
    state = await call(opened, "PUT", **given)
    assert (state["wiretap"], state["limit_s"], state["overhead"]) == (given, 2.5, None)
    forward = await call_forwards(opened, "GET", f"/{state['outbox']}")
    assert (forward["wiretap"], forward["url"], forward["name"]) == ("primary", target.url, "Wiretap on primary")
    target.say = lambda _: answer_of(404)
    async with opened.client.post(opened.capture_url, data=b"x") as answer:
        assert answer.status == 404
    overhead = (await call(opened, "GET"))["overhead"]
    assert overhead["count"] == 1
    assert 0 < overhead["p50_ms"] <= overhead["p99_ms"]
    (attempt,) = await _attempts(opened, 1)
    assert (attempt["trigger"], attempt["status"], attempt["forward"]) == ("wiretap", 404, None)
    await call(opened, "DELETE", status=204)
    assert (await call(opened, "GET"))["wiretap"] is None
    async with opened.client.post(opened.capture_url, data=b"x") as answer:
        assert answer.status == 200


async def test_a_changed_outbox_stays_that_of_its_wiretap(opened: Running, target: Target) -> None:
    state = await call(opened, "PUT", url=target.url, on_failure="safe")
    await call_forwards(opened, "PATCH", f"/{state['outbox']}", order="strict")
    found = find_outbox(
        opened.app[keys.FORWARDS], opened.bin.id, next(iter(opened.app[keys.WIRETAPS].of(opened.bin.id)))
    )
    assert found is not None
    assert found.id == state["outbox"]


async def test_one_that_is_switched_off_does_not_answer(opened: Running, target: Target) -> None:
    await call(opened, "PUT", url=target.url, enabled=False)
    async with opened.client.post(opened.capture_url, data=b"x") as answer:
        assert answer.status == 200
    assert target.seen == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({}, "url"),
        ({"url": "https://h.example/", "on_failure": "drop"}, "on_failure"),
        ({"url": "https://h.example/", "timeout_s": 0.4}, "timeout_s"),
        ({"url": "https://h.example/", "timeout_s": "x"}, "timeout_s"),
        ({"url": "https://h.example/", "credentials": "no"}, "credentials"),
        ({"url": "https://h.example/", "more": 1}, "more"),
        ({"url": "https://sms.example.net/abc"}, "url"),
    ],
)
async def test_wrong_input_is_named(opened: Running, wrong: dict[str, object], field: str) -> None:
    async with opened.client.put(f"{opened.bin_api}/wiretaps/primary", json=wrong) as answer:
        assert answer.status == 422
        assert [each["field"] for each in (await answer.json())["errors"]] == [field]


async def test_an_unknown_role_or_bin(opened: Running) -> None:
    await call(opened, "GET", role="other", status=404)
    for method in ("GET", "DELETE"):
        async with opened.client.request(method, f"{opened.api}/bins/none/wiretaps/primary") as answer:
            assert answer.status == 404


async def test_the_metrics_have_the_overhead(opened: Running) -> None:
    async with opened.client.get(f"{opened.url}/metrics") as answer:
        assert 'smsbin_wiretap_overhead_seconds_bucket{le="0.01"} 0.0' in await answer.text()


async def _attempts(server: Running, n: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def are_there() -> bool:
        async with server.client.get(f"{server.bin_api}/captures/{n}/attempts") as answer:
            found[:] = (await answer.json())["items"]
        return bool(found)

    await server.until(are_there)
    return found

"""The API of alerts."""

import asyncio

import pytest

from tests.conftest import Running
from tests.services.forwards.target import Target, a_target, answer_of

from .calling import call, report, until_state


async def test_an_alert_is_added_fires_and_is_changed_and_deleted(opened: Running, target: Target) -> None:
    made = await call(
        opened, "POST", status=201, name="Failed", kind="matches", filter="status:failed", more_than=1, within="10m",
        webhook={"url": target.url}, remind="1h", quiet={"begin": "03:00", "end": "03:01", "zone": "Europe/Berlin"},
    )  # fmt: skip
    expected = {
        "name": "Failed", "kind": "matches", "filter": "status:failed", "more_than": 1, "within": "10m",
        "browser": False, "webhook": {"url": target.url, "shape": "standard"}, "emails": [], "remind": "1h",
        "quiet": {"begin": "03:00", "end": "03:01", "zone": "Europe/Berlin"}, "include_texts": False, "state": "ok",
        "since": None, "notified_at": None, "count": 0, "capture": None, "position": 0,
        "condition": "more than 1 request that matches status:failed within 10 minutes",
    }  # fmt: skip
    assert {name: made[name] for name in expected} == expected
    assert made["secret"].startswith("whsec_")
    assert (await call(opened, "GET"))["items"] == [made]
    await report(opened, message="SM1")
    await report(opened, message="SM2")
    fires = await until_state(opened, made["id"], "firing")
    assert (fires["count"], fires["capture"], fires["since"] is not None) == (2, 2, True)
    await target.got(1)
    assert target.seen[0].header("webhook-id") == f"{made['id']}.1"
    changed = await call(opened, "PATCH", f"/{made['id']}", name="Other", webhook=None, quiet=None, remind="0")
    assert (changed["name"], changed["webhook"], changed["quiet"], changed["remind"], changed["secret"]) == (
        "Other", None, None, "0", None,
    )  # fmt: skip
    assert changed["state"] == "firing"
    assert (await call(opened, "PATCH", f"/{made['id']}", within="1h"))["state"] == "ok"
    await call(opened, "DELETE", f"/{made['id']}", status=204)
    for method, path in (
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/test"),
        ("GET", "/history"),
    ):  # fmt: skip
        await call(opened, method, f"/{made['id']}{path}", status=404)


async def test_the_history_has_notices_with_their_deliveries(opened: Running) -> None:
    async with a_target(lambda _: answer_of(404)) as target:
        made = await call(opened, "POST", status=201, name="A", kind="matches", webhook={"url": target.url})
        tested = await call(opened, "POST", f"/{made['id']}/test")
        assert tested["deliveries"] == [
            {"target": "webhook", "state": "rejected", "tries": 1, "status": 404, "error": None, "next_at": None}
        ]
        await report(opened)
        await target.got(2)

        async def holds() -> bool:
            items = (await call(opened, "GET", f"/{made['id']}/history"))["items"]
            return items[0]["deliveries"][0]["tries"] > 0

        await opened.until(holds)
        first, second = (await call(opened, "GET", f"/{made['id']}/history"))["items"]
        assert (first["kind"], first["number"], first["capture"], first["webhook_id"]) == (
            "firing", 2, 1, f"{made['id']}.2",
        )  # fmt: skip
        assert first["deliveries"][0]["state"] == "retrying"
        assert first["deliveries"][0]["next_at"] is not None
        assert second == tested


async def test_a_paused_alert_does_not_look(opened: Running) -> None:
    made = await call(opened, "POST", status=201, name="A", kind="matches")
    assert (await call(opened, "POST", f"/{made['id']}/pause"))["state"] == "paused"
    await report(opened)
    assert (await call(opened, "POST", f"/{made['id']}/resume"))["state"] == "ok"
    await report(opened, message="SM2")
    assert (await until_state(opened, made["id"], "firing"))["count"] == 1


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": ""}, ["name"]), ({"name": "a" * 101}, ["name"]), ({"kind": "other"}, ["kind"]),
        ({"filter": "foo:bar"}, ["filter"]), ({"filter": "forward:failed"}, ["filter"]),
        ({"filter": "after:1h"}, ["filter"]), ({"kind": "fallback", "filter": "to:1"}, ["filter"]),
        ({"more_than": -1}, ["more_than"]), ({"more_than": 1_001}, ["more_than"]),
        ({"within": "0"}, ["within"]), ({"within": "8d"}, ["within"]), ({"within": "soon"}, ["within"]),
        ({"remind": "30s"}, ["remind"]), ({"remind": "8d"}, ["remind"]),
        ({"webhook": {"url": "ftp://x.example/"}}, ["webhook.url"]),
        ({"webhook": {"url": "https://x.example/", "shape": "irc"}}, ["webhook.shape"]),
        ({"webhook": {"url": "https://SMS.example.net/x"}}, ["webhook.url"]),
        ({"emails": ["a@b.example"]}, ["emails"]), ({"emails": ["not"]}, ["emails"]),
        ({"emails": ["a@b.example"] * 6}, ["emails"]),
        ({"quiet": {"begin": "25:00", "end": "07:00"}}, ["quiet.begin"]),
        ({"quiet": {"begin": "22:00", "end": "07:00", "zone": "Mars"}}, ["quiet.zone"]),
        ({"quiet": {"begin": "22:00"}}, ["quiet.end"]), ({"more": 1}, ["more"]),
    ],
)  # fmt: skip
async def test_wrong_input_is_named_with_the_cure(
    opened: Running, values: dict[str, object], fields: list[str]
) -> None:
    told = await call(opened, "POST", status=422, **({"name": "A", "kind": "matches"} | values))
    assert [each["field"] for each in told["errors"]] == fields, told
    assert (await call(opened, "GET"))["items"] == []


async def test_metrics_say_which_alerts_fire_and_name_no_url(opened: Running, target: Target) -> None:
    made = await call(
        opened, "POST", status=201, name="Secret", kind="matches", webhook={"url": f"{target.url}?token=secret"}
    )  # fmt: skip
    await report(opened)
    await target.got(1)
    text = ""

    async def holds() -> bool:
        nonlocal text
        async with opened.client.get(f"{opened.url}/metrics") as answer:
            text = await answer.text()
        return 'smsbin_alert_deliveries_total{result="delivered",target="webhook"} 1.0' in text

    await opened.until(holds)
    assert f'smsbin_alerts_firing{{alert="{made["id"]}"}} 1.0' in text
    assert "ecret" not in text


async def test_a_live_page_gets_the_notices(opened: Running) -> None:
    made = await call(opened, "POST", status=201, name="Browser <b>", kind="matches", browser=True)
    address = f"{opened.url}/bins/{opened.bin.id}/live?after=0&view=plain"
    async with opened.client.ws_connect(address, headers={"Origin": opened.url}) as socket:
        await report(opened)
        html = ""
        async with asyncio.timeout(60):
            while "data-alert-firing" not in html:
                html = (await socket.receive_json()).get("alerts", html)
    assert f'data-alert-notice="{made["id"]}" data-number="1"' in html
    assert "Browser &lt;b&gt;" in html
    assert "<b>Alert" in html

"""The pages of alerts, and the notice on every page of a bin."""

from tests.conftest import Running
from tests.services.forwards.target import Target

from .calling import call, page, post, report, until_state


async def test_an_alert_is_added_changed_tested_and_deleted_on_the_page(opened: Running, target: Target) -> None:
    empty = await page(opened)
    assert "No alerts yet" in empty
    for title in ("Requests that match a filter", "The fallback is used", "No final status", "Nothing arrives"):
        assert title in empty
    assert "Add an alert: nothing arrives" in await page(opened, "/alerts?kind=silence")
    assert "No alerts yet" in await page(opened, "/alerts?kind=other")
    fields = {
        "kind": "matches", "name": "Failed", "filter": "status:failed", "more_than": "0", "within": "10m",
        "browser": "on", "webhook_url": target.url, "webhook_shape": "standard", "remind": "1h",
        "quiet_begin": "03:00", "quiet_end": "03:01", "quiet_zone": "Europe/Berlin",
    }  # fmt: skip
    answer, _ = await post(opened, **fields)
    assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{opened.bin.id}/alerts?done=added")
    (made,) = (await call(opened, "GET"))["items"]
    shown = await page(opened)
    assert "a request that matches status:failed" in shown
    assert "open pages of smsbin, 127.0.0.1" in shown
    assert "03:00 to 03:01, Europe/Berlin" in shown
    assert "Change the alert" in await page(opened, f"/alerts?edit={made['id']}")
    await page(opened, "/alerts?edit=none", status=404)
    answer, _ = await post(opened, **fields | {"name": "Renamed"}, edited=made["id"])
    assert answer.headers["Location"].endswith("done=changed")
    answer, text = await post(opened, f"/{made['id']}/test")
    assert answer.status == 200
    assert "The test was made. Webhook: delivered (200)" in text
    assert "Test: Renamed" not in text
    assert "This is a test from smsbin" in text
    for what, state in (("pause", "paused"), ("resume", "ok")):
        answer, _ = await post(opened, f"/{made['id']}/{what}")
        assert (answer.status, state in await page(opened)) == (303, True)
    assert (await post(opened, f"/{made['id']}/other"))[0].status == 404
    await post(opened, f"/{made['id']}/delete")
    assert "No alerts yet" in await page(opened)
    await page(opened, f"/alerts/{made['id']}", status=404)


async def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(opened: Running) -> None:
    answer, text = await post(
        opened, kind="matches", name="N", filter="foo:bar", more_than="x", within="soon", webhook_url="ftp://x",
        emails="a, b", quiet_begin="22:00",
    )  # fmt: skip
    assert answer.status == 422
    assert "The number must be a whole number." in text
    assert "The time" in text
    answer, text = await post(
        opened, kind="matches", name="N", filter="foo:bar", more_than="1", within="10m", webhook_url="ftp://x",
        emails="a, b", quiet_begin="22:00",
    )  # fmt: skip
    for part in ("The filter", "The URL must be", "The addresses must be", "The end must be a time"):
        assert part in text, text
    assert (await post(opened, kind="other", name="N"))[0].status == 422


async def test_a_firing_alert_is_on_every_page_of_the_bin_and_in_its_history(opened: Running) -> None:
    made = await call(opened, "POST", status=201, name="On <fire>", kind="matches", browser=True)
    assert "fires:" not in await page(opened, "")
    await report(opened)
    await until_state(opened, made["id"], "firing")
    for path in ("", "/messages", "/settings", "/alerts"):
        assert "Alert “ On &lt;fire&gt; ” fires: a request." in await page(opened, path), path
    history = await page(opened, f"/alerts/{made['id']}")
    assert "It fires since" in history
    assert "1 so far, the newest is #1." in history
    async with opened.client.get(f"{opened.url}/") as answer:
        assert "fires:" not in await answer.text()

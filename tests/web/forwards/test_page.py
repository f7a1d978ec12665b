"""The page of forwards, the badge in rows, the attempts of a request, and the notice on every page."""

import re
from datetime import timedelta

import aiohttp
import pytest

from app import clock, keys
from app.domain.forwards.health import FAILURES_TO_REST
from app.domain.roles import Role
from tests.conftest import Running
from tests.services.forwards.target import FORM, Target, a_target, answer_of
from tests.storage.builders import a_capture

from .calling import call, hit, until_state


async def page(server: Running, path: str = "/forwards", status: int = 200) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == status
        return words(await answer.text())


async def post(server: Running, path: str = "", **fields: str) -> tuple[aiohttp.ClientResponse, str]:
    address = f"{server.url}/bins/{server.bin.id}/forwards{path}"
    headers = {"Origin": server.url}
    async with server.client.post(address, data=fields, headers=headers, allow_redirects=False) as answer:
        return answer, words(await answer.text())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_forward_is_added_changed_tested_and_deleted_on_the_page(opened: Running, target: Target) -> None:
    assert "No forwards yet" in await page(opened)
    await hit(opened)
    fields = {"name": "My handler", "url": f"{target.url}?token=abc", "start": "first", "role-primary": "on"}
    _, text = await post(opened, **fields, preview="1", filter="text~nothing")
    assert "0 of the last 1 request match." in text
    answer, _ = await post(opened, **fields)
    assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{opened.bin.id}/forwards?done=added")
    await until_state(opened, 1, "delivered")
    shown = await page(opened)
    assert "My handler" in shown
    assert "sms?token=…" in shown
    assert "1 of the last 1 have arrived" in shown
    (item,) = (await call(opened, "GET"))["items"]
    assert "Change the forward" in await page(opened, f"/forwards?edit={item['id']}")
    await page(opened, "/forwards?edit=none", status=404)
    answer, _ = await post(opened, **fields | {"name": "Renamed"}, edited=item["id"], order="none")
    assert answer.headers["Location"].endswith("done=changed")
    _, text = await post(opened, f"/{item['id']}/test")
    assert "Test with #1: 200." in text
    for what, state in (("pause", "paused"), ("resume", "sending")):
        answer, _ = await post(opened, f"/{item['id']}/{what}")
        assert answer.status == 303
        assert state in await page(opened)
    await post(opened, f"/{item['id']}/delete")
    assert "No forwards yet" in await page(opened)


async def test_events_are_chosen_shown_and_kept_with_their_attempts(opened: Running, target: Target) -> None:
    fields = {"name": "Events", "url": target.url, "start": "first", "mode": "event", "signature": "target"}
    answer, text = await post(opened, **fields, event_content="many")
    assert answer.status == 422
    assert "must be one of full, thin, raw" in text
    answer, _ = await post(opened, **fields)
    assert answer.status == 303
    assert "Event of the last request" not in await page(opened)
    await hit(opened, "<b>hi</b>")
    await until_state(opened, 1, "delivered")
    async with opened.client.get(f"{opened.url}/bins/{opened.bin.id}/forwards") as response:
        html = await response.text()
    assert "every request, as events" in words(html)
    assert "&#34;text&#34;: &#34;&lt;b&gt;hi&lt;/b&gt;&#34;" in html
    tab = await page(opened, "/captures/1?tab=replay")
    assert "forward Events , first try, event 1" in tab
    assert "webhook-id:" in tab
    assert "&#34;type&#34;:&#34;sms.received&#34;" in tab
    (item,) = (await call(opened, "GET"))["items"]
    _, text = await post(opened, f"/{item['id']}/test")
    assert "Test with #1: 200." in text


async def test_a_request_says_how_many_of_its_events_have_arrived(opened: Running) -> None:
    results = [{"messageId": f"m{n}", "from": "447700900163", "to": "447700900142", "text": "hi"} for n in range(3)]
    async with a_target(lambda seen: answer_of(404 if b'"event":1,' in seen.body else 200)) as target:
        await call(opened, "POST", status=201, name="F", url=target.url, mode="event")
        async with opened.client.post(opened.capture_url, json={"results": results}) as answer:
            assert answer.status == 200
        await until_state(opened, 1, "retrying")
        tab = await page(opened, "/captures/1?tab=replay")
    assert "forward failed (404), tries again 2 events have arrived next at" in tab
    assert [f"first try, event {n}" in tab for n in (1, 2, 3)] == [True] * 3


async def test_a_stuck_message_is_told_apart_from_the_events_of_its_request(opened: Running) -> None:
    async with a_target(lambda seen: answer_of(404 if b"message.stuck" in seen.body else 200)) as target:
        await call(opened, "POST", status=201, name="F", url=target.url, mode="event")
        body = b"MessageSid=SM1&MessageStatus=sent&AccountSid=AC1&From=%2B14155550123&To=%2B14155550100"
        long_ago = clock.now() - timedelta(hours=1)
        await opened.app[keys.STORE].add_capture(
            a_capture(opened.bin, Role.STATUS, body=body, headers=(FORM,), received_at=long_ago)
        )
        await until_state(opened, 1, "retrying")
        tab = await page(opened, "/captures/1?tab=replay")
    assert "tries again its events have arrived, the verdict or the stuck message has not next at" in tab
    assert "first try, event 1, stuck message" in tab
    async with opened.client.get(f"{opened.bin_api}/captures/1/attempts") as answer:
        kept = (await answer.json())["items"]
    assert [(each["event"], each["follow_up"]) for each in kept] == [(0, None), (0, "stuck")]


async def test_a_wrong_form_keeps_what_was_typed_and_says_what_is_wrong(opened: Running) -> None:
    answer, text = await post(opened, name="F", url="http://10.0.0.1:22/x", filter="foo:bar", timeout_s="many")
    assert answer.status == 422
    assert "The timeout must be a whole number from 2 to 60." in text
    answer, text = await post(opened, name="F", url="http://10.0.0.1:22/x", filter="foo:bar")
    assert "Url has port 22, which is not allowed." in text
    assert "Filter unknown filter" in text


async def test_a_row_and_its_request_say_what_became_of_it(opened: Running) -> None:
    status = [404]
    async with a_target(lambda _: answer_of(status[0])) as target:
        made = await call(opened, "POST", status=201, name="F", url=target.url)
        await hit(opened)
        await until_state(opened, 1, "retrying")
        assert re.search(r"forward failed \(404\), tries again at \d\d:\d\d", await page(opened, ""))
        tab = await page(opened, "/captures/1?tab=replay")
        assert "forward F , first try" in tab
        assert "0 of the last 1 have arrived; why the last one has not: #1" in await page(opened)
        assert "X-Smsbin-Attempt: 1" in tab
        status[0] = 200
        answer, _ = await post(opened, f"/{made['id']}/retry", n="1")
        assert answer.headers["Location"].endswith("done=retry")
        await until_state(opened, 1, "delivered")
        assert "forward F , by a user" in await page(opened, "/captures/1?tab=replay")


async def test_every_page_of_the_bin_says_that_a_target_rests(opened: Running) -> None:
    async with a_target(lambda _: answer_of(500)) as target:
        await call(opened, "POST", status=201, name="Down", url=target.url)
        for number in range(FAILURES_TO_REST):
            await hit(opened, message=f"SM{number}")

        async def rests() -> bool:
            return (await call(opened, "GET"))["items"][0]["state"] == "resting"

        await opened.until(rests)
        assert (await call(opened, "GET"))["items"][0]["error"] == "status 500"
        assert "in a row, the last time with: status 500." in await page(opened, "/forwards")
        for path in ("", "/messages", "/forwards"):
            assert "Forward “ Down ” holds requests." in await page(opened, path)
        assert "target resting" in await page(opened)


@pytest.mark.parametrize("what", ["start", "explode"])
async def test_an_unknown_action_is_not_found(opened: Running, target: Target, what: str) -> None:
    made = await call(opened, "POST", status=201, name="F", url=target.url)
    for forward_id in (made["id"], "x"):
        answer, _ = await post(opened, f"/{forward_id}/{what}")
        assert answer.status == 404

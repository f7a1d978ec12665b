"""The pages of reconciliations without a browser: choose a file, see what became of it, act on it."""

import re
from datetime import timedelta

import aiohttp
import pytest

from app import clock
from tests.conftest import Running
from tests.reconciling import THEM, arrive, compared, ended, here, row, send, sid, table

__all__ = ["here"]
pytestmark = pytest.mark.usefixtures("here")


def _page(server: Running) -> str:
    return f"{server.url}/bins/{server.bin.id}/reconcile"


async def _text(server: Running, url: str, status: int = 200, **more: object) -> str:
    async with server.client.get(url, **more) as answer:
        assert answer.status == status
        return await answer.text()


async def _post(server: Running, url: str, data: object = None, **more: object) -> tuple[int, str, str]:
    async with server.client.post(url, data=data, allow_redirects=False, **more) as answer:
        return answer.status, server.url + answer.headers.get("Location", ""), await answer.text()


async def test_a_form_with_a_file_leads_to_the_page_of_its_result(server: Running) -> None:
    await arrive(server, 1)
    form = aiohttp.FormData({"zone": "UTC", "keep_rows": "1"}, quote_fields=False)
    form.add_field("file", table([row(1), row(2, text="<b>x</b>")]), filename="<i>log.csv")
    status, location, _ = await _post(server, _page(server), form)
    assert status == 303
    id = location.rpartition("/")[2]
    await ended(server, id)
    text = await _text(server, location)
    assert "&lt;i&gt;log.csv" in text
    assert "Twilio console" in text
    assert "1 did not: 1 without a known reason." in text
    assert sid(2) in text
    assert f'href="/bins/{server.bin.id}/captures/1"' in text
    assert "Send lost messages to your handler" in text
    lost = await _text(server, f"{location}?verdict=no_webhook")
    assert sid(2) in lost
    assert sid(1) not in lost
    assert "&lt;i&gt;log.csv" in await _text(server, _page(server))
    await _text(server, f"{location}?verdict=lost", 422)
    await _text(server, f"{_page(server)}/0000", 404)


async def test_the_body_alone_is_the_file_too_and_a_part_of_the_page_follows_it(server: Running) -> None:
    status, location, _ = await _post(server, f"{_page(server)}?file=a%20b.csv", table([row(1)]))
    assert status == 303
    await ended(server, location.rpartition("/")[2])
    part = await _text(server, location, headers={"X-Partial": "parts"})
    assert part.lstrip().startswith('<article class="stack gap" id="reconciliation">')
    assert "a b.csv" in part
    listed = await _text(server, _page(server), headers={"X-Partial": "parts"})
    assert listed.lstrip().startswith('<section class="card" id="results"')


@pytest.mark.parametrize(("body", "query", "words"), [(b"", "", "is empty"), (b"x", "?zone=Mars", "not a time zone")])
async def test_a_refused_file_says_why(server: Running, body: bytes, query: str, words: str) -> None:
    status, _, text = await _post(server, _page(server) + query, body)
    assert status == 422
    assert words in text
    assert 'role="alert"' in text


async def test_a_form_without_a_file_says_what_is_missing(server: Running) -> None:
    form = aiohttp.FormData({"zone": "UTC"}, default_to_multipart=True)
    status, _, text = await _post(server, _page(server), form)
    assert (status, "choose the file" in text) == (422, True)


async def test_unknown_columns_are_chosen_on_the_page(server: Running) -> None:
    await arrive(server, 1)
    made = await send(server, table([[sid(1), THEM, "hello", "2026-11-28 20:00"]], ("Ref", "Who", "What", "Wann")))
    await ended(server, made["id"])
    here = f"{_page(server)}/{made['id']}"
    text = await _text(server, here)
    assert "What are its columns?" in text
    assert re.findall(r'name="name\.\d" value="(\w+)"', text) == ["Ref", "Who", "What", "Wann"]
    fields = {f"name.{place}": name for place, name in enumerate(("Ref", "Who", "What", "Wann"))}
    status, _, text = await _post(server, f"{here}/columns", fields | {"use.1": "from", "direction": "inbound"})
    assert status == 422
    assert "must have the column id" in text
    status, location, _ = await _post(server, f"{here}/columns", fields | {"use.0": "id", "direction": "inbound"})
    assert (status, location) == (303, here)
    assert (await ended(server, made["id"]))["state"] == "done"


async def test_a_result_is_compared_again_and_deleted(server: Running) -> None:
    made = await compared(server, [row(1)])
    here = f"{_page(server)}/{made['id']}"
    status, location, _ = await _post(server, f"{here}/again", {"zone": "+02:00"})
    assert (status, location) == (303, here)
    assert (await ended(server, made["id"]))["zone"] == "+02:00"
    status, _, text = await _post(server, f"{here}/again", {"zone": "Mars"})
    assert (status, "not a time zone" in text) == (422, True)
    assert (await _post(server, f"{here}/cancel"))[0] == 404, "it has ended"
    assert (await _post(server, f"{here}/delete"))[0] == 303
    await _text(server, here, 404)


async def test_lost_messages_are_sent_to_a_handler(server: Running) -> None:
    await arrive(server, 1)
    made = await compared(server, [row(1), row(2)])
    here = f"{_page(server)}/{made['id']}"
    status, _, text = await _post(server, f"{here}/send", {"url": "http://127.0.0.1:8999/sms", "record.2": "1"})
    assert status == 200
    assert "blocked: private address" in text
    assert "without its text" in text
    status, _, text = await _post(server, f"{here}/send", {"url": "ftp://x", "record.2": "1"})
    assert (status, "must be an http or https address" in text) == (422, True)


@pytest.mark.parametrize(
    ("role", "seconds", "words"),
    [
        ("", 0, "#1 here: "),
        ("", 60, "did not arrive here"),
        ("/fallback", 0, "did not arrive here"),
    ],
)
async def test_a_note_of_the_provider_is_in_the_timeline_of_its_message(
    server: Running, role: str, seconds: int, words: str
) -> None:
    await arrive(server, 1, role)
    at = f"{clock.now() - timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    alert = (
        '{"alerts":[{"sid":"NO1","account_sid":"AC1","error_code":"11200","log_level":"error","request_method":"POST",'
        f'"request_url":"{server.capture_url}","resource_sid":"{sid(1)}","date_generated":"{at}","date_created":"{at}"'
        "}]}"
    )
    await ended(server, (await send(server, alert.encode()))["id"])
    text = await _text(server, f"{server.url}/bins/{server.bin.id}/messages/twilio/{sid(1)}")
    assert "provider says" in text
    assert "11200" in text
    assert words in text

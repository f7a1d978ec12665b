"""The export as a program and a browser meet it: whole, in order, in constant memory, and honest when it breaks off."""

import asyncio
import csv
import gc
import io
import json
import re
import tracemalloc

import aiohttp
import pytest

from app import keys
from app.domain.captures import NewCapture
from app.domain.roles import Role
from app.services import exports as exporting
from tests.conftest import Running
from tests.storage.builders import a_raw
from tests.web.site.test_api import SUMMARY_FIELDS

NUMBER = "+14155550123"


async def _hit(server: Running, text: str, role: str = "", **more: str) -> None:
    data = {"From": NUMBER, "To": "+14155550100", "Text": text, **more}
    async with server.client.post(server.capture_url + role, data=data) as answer:
        assert answer.status == 200


async def _export(server: Running, query: str = "") -> bytes:
    async with server.client.get(f"{server.bin_api}/export?{query}") as answer:
        assert answer.status == 200
        return await answer.read()


async def _fill(server: Running, count: int, body: bytes = b"Text=hi") -> None:
    store = server.app[keys.STORE]
    new = [NewCapture(bin_id=server.bin.id, role=Role.PRIMARY, raw=a_raw(body)) for _ in range(200)]
    for start in range(0, count, 200):
        await asyncio.gather(*(store.add_capture(each) for each in new[: count - start]))


async def test_json_lines_are_exactly_the_captures_of_the_api_oldest_first(server: Running) -> None:
    for text in ("one", "zwei ü", "three\nlines"):
        await _hit(server, text)
    async with asyncio.timeout(15):
        while None in [each["answered"]["after_ms"] for each in await server.captures()]:
            pass
    lines = (await _export(server, "mask=false")).decode().splitlines()
    assert [json.loads(line) for line in lines] == [await server.capture(n) for n in (1, 2, 3)]


async def test_json_lines_of_a_bin_with_a_mapping_are_those_of_the_api(server: Running) -> None:
    mapping = {"name": "Acme", "fields": {"id": "ref", "status": "st"}}
    async with server.client.put(f"{server.bin_api}/mapping", json=mapping) as answer:
        assert answer.status == 200
    await _hit(server, "x", "/status", ref="r1", st="zapped")
    await server.settled(1)
    (line,) = (await _export(server, "mask=false")).decode().splitlines()
    shown = await server.capture(1)
    assert json.loads(line) == shown
    assert "zapped" in shown["finding_details"][0]["cause"], "the finding is explained by what the mapping reads"


async def test_csv_has_the_summary_fields_in_their_order_and_numbers_intact(server: Running) -> None:
    await _hit(server, "=HYPERLINK(1)")
    data = await _export(server, "of=captures&format=csv")
    (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    (summary,) = await server.captures()
    assert list(row) == list(summary)
    assert row.keys() == SUMMARY_FIELDS
    assert (row["from"], row["text"], row["simulated"]) == (NUMBER, "'=HYPERLINK(1)", "false")
    assert json.loads(row["answered"]).keys() == {"status", "after_ms", "fault"}


async def test_messages_come_in_the_order_of_their_first_event(server: Running) -> None:
    for name in ("a", "b"):
        await _hit(server, name, MessageSid="SM" + name * 32, SmsStatus="received", AccountSid="AC" + "0" * 32)
    await _hit(server, "a", "/status", MessageSid="SM" + "a" * 32, MessageStatus="sent", AccountSid="AC" + "0" * 32)
    lines = [json.loads(line) for line in (await _export(server, "of=messages")).decode().splitlines()]
    assert [line["message_id"][2] for line in lines] == ["a", "b"]
    async with server.client.get(f"{server.bin_api}/messages") as answer:
        assert sorted(map(str, lines)) == sorted(map(str, (await answer.json())["items"]))
    (header, *rows) = csv.reader(io.StringIO((await _export(server, "of=messages&format=csv")).decode(), newline=""))
    assert header == list(lines[0])
    assert len(rows) == 2


async def test_har_holds_requests_that_a_browser_can_open(server: Running) -> None:
    await _hit(server, "hi")
    (entry,) = json.loads(await _export(server, "format=har"))["log"]["entries"]
    assert entry["request"]["url"].startswith(server.capture_url)
    assert entry["request"]["postData"]["text"].startswith("From=%2B14155550123")


async def test_the_file_has_a_name_of_ours_and_does_nothing_in_a_browser(server: Running) -> None:
    await _hit(server, '"; filename="evil.html')
    async with server.client.get(f"{server.bin_api}/export?format=csv") as answer:
        named = answer.headers["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="smsbin-\w+-captures-\d{4}-\d\d-\d\d\.csv"', named)
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with server.client.head(f"{server.bin_api}/export?format=csv") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_a_browser_that_signed_in_follows_a_plain_link(server: Running) -> None:
    await _hit(server, "hi")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        link = f"{server.bin_api}/export?format=csv"
        async with browser.get(link) as answer:
            assert answer.status == 401
        async with browser.post(f"{server.url}/sign-in", data={"token": "a-token-only-for-tests"}):
            pass
        async with browser.get(link) as answer:
            assert answer.status == 200


async def test_a_filter_leaves_only_what_it_finds(server: Running) -> None:
    for text in ("your code is 1", "hello", "your code is 2"):
        await _hit(server, text)
    lines = (await _export(server, "q=text~code")).splitlines()
    assert [json.loads(line)["n"] for line in lines] == [1, 3]
    lines = (await _export(server, "of=messages&format=jsonl&q=text~hello")).splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["hello"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=nokey:x", "q"),
        ("of=messages&format=har", "format"),
        ("format=xls", "format"),
        ("of=bins", "of"),
        ("what=x", "what"),
    ],
)
async def test_a_wrong_wish_is_named(server: Running, query: str, field: str) -> None:
    async with server.client.get(f"{server.bin_api}/export?{query}") as answer:
        assert answer.status == 422
        assert [each["field"] for each in (await answer.json())["errors"]] == [field]


async def test_an_unknown_bin_is_no_file(server: Running) -> None:
    async with server.client.get(f"{server.api}/bins/nobody/export") as answer:
        assert answer.status == 404


async def test_an_empty_bin_is_a_whole_file(server: Running) -> None:
    assert await _export(server) == b""
    assert (await _export(server, "format=csv")).count(b"\r\n") == 1
    assert json.loads(await _export(server, "format=har"))["log"]["entries"] == []


async def test_what_arrives_meanwhile_is_left_to_the_next_export(server: Running) -> None:
    await _fill(server, exporting.PAGE * 2)
    bin = await server.app[keys.STORE].get_bin(server.bin.id)
    numbers = []
    async for page in exporting.each_page(server.app[keys.STORE], bin.id, bin.last_n):
        await _hit(server, "later")
        numbers += [row.n for row in page]
    assert numbers == list(range(1, exporting.PAGE * 2 + 1))


async def test_what_is_deleted_meanwhile_is_left_out(server: Running) -> None:
    await _fill(server, exporting.PAGE + 10)
    store = server.app[keys.STORE]
    bin = await store.get_bin(server.bin.id)
    numbers = []
    async for page in exporting.each_whole_page(store, bin):
        numbers += [capture.row.n for capture, _ in page]
        await store.drop_captures(bin.id)
    assert numbers == list(range(1, exporting.PAGE + 1))


@pytest.mark.parametrize("query", ["format=jsonl", "format=csv", "format=har"])
async def test_memory_does_not_grow_with_the_bin_nor_with_a_slow_reader(server: Running, query: str) -> None:
    await _fill(server, 1_600, b"Text=" + b"x" * 10_000)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        async with server.client.get(f"{server.bin_api}/export?{query}") as answer:
            size = lines = 0
            async for chunk in answer.content.iter_chunked(1 << 16):
                size += len(chunk)
                lines += chunk.count(b"\n")
                if lines < 200:
                    await asyncio.sleep(0.002)  # a reader that is slower than we are
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines >= 1_600
    # The store holds 16 MB of bodies.
    assert peak - before < 12 << 20


async def test_a_reader_that_leaves_ends_the_export(server: Running) -> None:
    await _fill(server, 2_000, b"Text=" + b"x" * 10_000)
    answer = await server.client.get(f"{server.bin_api}/export")
    await answer.content.read(1_000)
    answer.close()
    await _hit(server, "and life goes on")


async def test_a_server_that_goes_down_breaks_the_file_off_so_that_nobody_takes_it_for_whole(server: Running) -> None:
    await _fill(server, 2_000, b"Text=" + b"x" * 10_000)
    async with server.client.get(f"{server.bin_api}/export") as answer:
        await answer.content.read(1_000)
        server.app[keys.HUB].close()
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_an_export_breaks_off_when_its_session_is_signed_out(server: Running) -> None:
    await _fill(server, 2_000, b"Text=" + b"x" * 10_000)
    access = server.app[keys.ACCESS]
    cookie = await access.sign_in()
    name = server.url.rpartition(":")[2].rstrip("/")
    async with aiohttp.ClientSession(cookies={f"smsbin-{name}": cookie}) as browser:
        async with browser.get(f"{server.bin_api}/export", headers={"Sec-Fetch-Site": "same-origin"}) as answer:
            assert answer.status == 200
            await answer.content.read(1_000)
            await access.sign_out("another browser")
            await answer.content.read(100_000)
            await access.sign_out(cookie)
            with pytest.raises(aiohttp.ClientError):
                await answer.read()

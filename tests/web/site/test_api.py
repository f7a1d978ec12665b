"""The API for bins and captures: shapes, paging, and errors that name the field."""

import asyncio
import io
import re

import pytest
from yarl import URL

from app import keys
from app.web.routes import ROUTES
from app.web.routes.table import N
from tests.conftest import Running, run_server, with_shared_server

BIN_FIELDS = {
    "id", "name", "provider", "retention", "stuck_after", "created_at", "captures", "behind", "last_capture_at",
    "page_url", "urls",
}  # fmt: skip
SUMMARY_FIELDS = {
    "n", "received_at", "role", "method", "target", "peer", "size", "content_type", "provider", "kind", "message_id",
    "from", "to", "text", "status", "raw_status", "problem", "findings", "simulated", "answered",
    "signature", "pinned", "note", "tags", "forwards",
}  # fmt: skip


async def _send(server: Running, count: int) -> None:
    for index in range(count):
        async with server.client.post(server.capture_url, data={"Text": f"{index}"}) as answer:
            assert answer.status == 200


async def test_a_bin_is_made_shown_changed_and_deleted(server: Running) -> None:
    wish = {"name": "Main number", "provider": "ytel", "retention": "7d"}
    async with server.client.post(f"{server.api}/bins", json=wish) as answer:
        assert answer.status == 201
        made = await answer.json()
        assert answer.headers["Location"].endswith(f"/api/v1/bins/{made['id']}")
    assert made.keys() == BIN_FIELDS
    assert (made["name"], made["provider"], made["retention"]) == ("Main number", "ytel", "7d")
    assert made["page_url"] == f"{server.url}/bins/{made['id']}"
    assert made["urls"]["voice-fallback"] == made["urls"]["primary"] + "/voice-fallback"
    assert made["id"] not in made["urls"]["primary"]
    one = f"{server.api}/bins/{made['id']}"
    async with server.client.patch(one, json={"provider": None, "retention": None}) as answer:
        changed = await answer.json()
    assert (changed["name"], changed["provider"], changed["retention"]) == ("Main number", None, None)
    async with server.client.delete(one) as answer:
        assert (answer.status, await answer.read()) == (204, b"")
    async with server.client.get(one) as answer:
        assert answer.status == 404
    async with server.client.post(made["urls"]["primary"]) as answer:
        assert answer.status == 404


async def test_a_bin_needs_nothing(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins") as answer:
        assert answer.status == 201
        assert (await answer.json())["name"] == "Bin 2"


async def test_bins_come_in_pages_newest_first(server: Running) -> None:
    for _ in range(3):
        await (await server.client.post(f"{server.api}/bins", json={})).read()
    names, before = [], ""
    while before is not None:
        async with server.client.get(f"{server.api}/bins?limit=2{before and '&before=' + before}") as answer:
            page = await answer.json()
        names += [bin["name"] for bin in page["items"]]
        before = page["next"]
    assert names == ["Bin 4", "Bin 3", "Bin 2", "Bin 1"]


async def test_a_rotated_key_answers_404_at_once(server: Running) -> None:
    await _send(server, 1)
    async with server.client.post(f"{server.bin_api}/rotate-key") as answer:
        fresh = (await answer.json())["urls"]["primary"]
    async with server.client.post(server.capture_url) as answer:
        assert answer.status == 404
    async with server.client.post(fresh) as answer:
        assert answer.headers["X-Capture"] == "2"


@with_shared_server
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"name": 7}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"provider": "acme"}, "provider"),
        ({"provider": ["ytel"]}, "provider"),
        ({"retention": "\u0663d"}, "retention"),
        ({"retention": "soon"}, "retention"),
        ({"retention": 30}, "retention"),
        ({"colour": "red"}, "colour"),
        ([], "body"),
    ],
)
async def test_a_bad_field_is_named(shared_server: Running, body: object, field: str) -> None:
    async with shared_server.client.post(f"{shared_server.api}/bins", json=body) as answer:
        assert answer.status == 422
        assert answer.content_type == "application/problem+json"
        problem = await answer.json()
    assert problem.keys() == {"type", "title", "status", "detail", "errors"}
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_every_bad_field_is_named_at_once(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins", json={"name": "", "retention": "x"}) as answer:
        assert {error["field"] for error in (await answer.json())["errors"]} == {"name", "retention"}


async def test_what_is_not_json_is_told_apart(server: Running) -> None:
    for data, kind, status in (
        (b"{", "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"[" * 100_000, "application/json", 400),
        (b" " * ((1 << 20) + 1), "application/json", 413),
    ):
        async with server.client.post(
            f"{server.api}/bins", data=io.BytesIO(data), headers={"Content-Type": kind}
        ) as answer:
            assert answer.status == status, data[:10]
            assert answer.content_type == "application/problem+json"


@with_shared_server
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("before=-1", "before"),
        ("after=x", "after"),
        ("before=1&after=1", "before"),
        ("wait=5", "wait"),
        ("after=0&wait=61", "wait"),
        ("q=form:1", "q"),
        ("after=99999999999999999999999", "after"),
    ],
)
async def test_a_bad_parameter_is_named(shared_server: Running, query: str, field: str) -> None:
    async with shared_server.client.get(f"{shared_server.bin_api}/captures?{query}") as answer:
        assert answer.status == 422
        assert field in {error["field"] for error in (await answer.json())["errors"]}


async def test_no_call_takes_a_parameter_that_it_does_not_know(server: Running) -> None:
    await _send(server, 1)
    for route in (route for route in ROUTES if route.path.startswith("/api/") and not route.public):
        address = server.url + route.path.replace("{bin}", server.bin.id).replace(N, "1")
        address = re.sub(r"\{\w+(:[^{}]+)?\}", "x", address)
        async with server.client.request(route.method, address + "?colour=red") as answer:
            assert answer.status == 422, route
            assert [error["field"] for error in (await answer.json())["errors"]] == ["colour"]
    assert len(await server.captures()) == 1


async def test_rotating_takes_no_fields(server: Running) -> None:
    async with server.client.post(f"{server.bin_api}/rotate-key", json={"key": "mine"}) as answer:
        assert answer.status == 422


async def test_what_is_no_number_of_a_capture_is_404(server: Running) -> None:
    await _send(server, 3)
    for n in ("0", "-1", "x", "%D9%A3", "9" * 30):
        async with server.client.get(URL(f"{server.bin_api}/captures/{n}", encoded=True)) as answer:
            assert answer.status == 404, n


async def test_captures_come_newest_first_and_page_on(server: Running) -> None:
    await _send(server, 5)
    async with server.client.get(f"{server.bin_api}/captures?limit=2") as answer:
        page = await answer.json()
    assert [item["n"] for item in page["items"]] == [5, 4]
    assert page["items"][0].keys() == SUMMARY_FIELDS
    async with server.client.get(f"{server.bin_api}/captures?limit=3&before={page['next']}") as answer:
        page = await answer.json()
    assert ([item["n"] for item in page["items"]], page["next"]) == ([3, 2, 1], None)


async def test_captures_after_a_number_come_oldest_first(server: Running) -> None:
    await _send(server, 4)
    async with server.client.get(f"{server.bin_api}/captures?after=1&limit=2") as answer:
        page = await answer.json()
    assert [item["n"] for item in page["items"]] == [2, 3]
    async with server.client.get(f"{server.bin_api}/captures?after={page['next']}") as answer:
        page = await answer.json()
    assert ([item["n"] for item in page["items"]], page["next"]) == ([4], None)


async def test_waiting_ends_with_the_first_capture(server: Running) -> None:
    waiting = asyncio.ensure_future(server.client.get(f"{server.bin_api}/captures?after=0&wait=30"))
    await asyncio.sleep(0)
    await _send(server, 1)
    async with asyncio.timeout(15), await waiting as answer:
        assert [item["n"] for item in (await answer.json())["items"]] == [1]


async def test_waiting_in_vain_gives_an_empty_page(server: Running) -> None:
    async with server.client.get(f"{server.bin_api}/captures?after=0&wait=1") as answer:
        assert (answer.status, (await answer.json())["items"]) == (200, [])


async def test_a_shutdown_answers_who_waits(make_settings) -> None:
    async with run_server(make_settings()) as server:
        waiting = asyncio.ensure_future(server.client.get(f"{server.bin_api}/captures?after=0&wait=60"))
        while not server.app[keys.HUB].viewers:
            await asyncio.sleep(0.01)
        server.app[keys.HUB].close()
        async with asyncio.timeout(15), await waiting as answer:
            assert (answer.status, (await answer.json())["items"]) == (200, [])


async def test_the_body_is_a_file_under_our_own_name(server: Running) -> None:
    async with server.client.post(server.capture_url + "/<b>evil.html", data=b"\x00\xff<script>"):
        pass
    async with server.client.get(f"{server.bin_api}/captures/1/body") as answer:
        assert await answer.read() == b"\x00\xff<script>"
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="capture-1.bin"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    async with server.client.get(f"{server.bin_api}/captures/1/raw") as answer:
        assert answer.content_type == "message/http"


async def test_deleting_keeps_the_numbering(server: Running) -> None:
    await _send(server, 2)
    async with server.client.delete(f"{server.bin_api}/captures/2") as answer:
        assert answer.status == 204
    async with server.client.delete(f"{server.bin_api}/captures/2") as answer:
        assert answer.status == 404
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        assert answer.status == 204
    assert await server.captures() == []
    async with server.client.post(server.capture_url) as answer:
        assert answer.headers["X-Capture"] == "3"


@pytest.mark.parametrize("path", ["/bins/nobody", "/bins/nobody/captures", "/bins/nobody/captures/1", "/nothing"])
async def test_unknown_things_are_404(server: Running, path: str) -> None:
    async with server.client.get(server.api + path) as answer:
        assert answer.status == 404
        assert (await answer.json())["type"] == "urn:smsbin:not_found"


async def test_a_wrong_method_says_which_are_right(server: Running) -> None:
    async with server.client.put(f"{server.api}/bins") as answer:
        assert answer.status == 405
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(","))
        assert answer.content_type == "application/problem+json"


async def test_info_tells_about_the_server(server: Running) -> None:
    async with server.client.get(f"{server.api}/info") as answer:
        info = await answer.json()
    assert info.keys() == {"version", "public_url", "retention", "max_body", "seen"}
    assert info["seen"] == {"root": server.url, "direct": "127.0.0.1", "forwarded": [], "trusted": False}
    assert (info["public_url"], info["retention"], info["max_body"]) == (server.url, "30d", "5MiB")


async def test_repeated_and_blank_fields_stay_in_order(server: Running) -> None:
    body = b"a=1&b=&a=2&c"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with server.client.post(server.capture_url + "?q=1&q=&r", data=body, headers=headers):
        pass
    parsed = (await server.capture(1))["parsed"]
    assert parsed["form"] == [["a", "1"], ["b", ""], ["a", "2"], ["c", ""]]
    assert parsed["query"] == [["q", "1"], ["q", ""], ["r", ""]]
    assert (parsed["json"], parsed["xml"], parsed["parts"]) == (None, None, None)


async def test_a_filter_finds_and_a_wrong_term_is_named_with_its_position(server: Running) -> None:
    await _send(server, 12)
    async with server.client.get(f"{server.bin_api}/captures", params={"q": "text~11"}) as answer:
        assert [item["n"] for item in (await answer.json())["items"]] == [12]
    async with server.client.get(f"{server.bin_api}/messages", params={"q": "kind:inbound", "limit": "2"}) as answer:
        page = await answer.json()
    assert [item["captures"] for item in page["items"]] == [[12], [11]]
    async with server.client.get(f"{server.bin_api}/captures", params={"q": "text~11 form:1"}) as answer:
        assert answer.status == 422
        (error,) = (await answer.json())["errors"]
    assert error["field"] == "q"
    assert "9" in error["message"]
    assert "from:" in error["message"]


async def test_waiting_with_a_filter_waits_for_what_matches(server: Running) -> None:
    await _send(server, 1)
    query = {"after": "0", "wait": "10", "q": "text~later"}
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_json(server, f"{server.bin_api}/captures", query))
        await _send(server, 1)
        async with server.client.post(server.capture_url, data={"Text": "later"}) as answer:
            assert answer.status == 200
    assert [item["text"] for item in waiting.result()["items"]] == ["later"]


async def _json(server: Running, address: str, query: dict[str, str]) -> dict:
    async with server.client.get(address, params=query) as answer:
        return await answer.json()

"""Setting and healing faults on the page, and the banner that tells of them, as HTML and as live frames."""

import html
import re
from collections.abc import Callable

import pytest
from aiohttp import ClientResponse, WSMsgType

from app import keys
from app.domain.faults import FaultKind
from app.domain.roles import Role
from app.settings import Settings
from tests.conftest import Running, run_server


def page(server: Running, path: str = "") -> str:
    return f"{server.url}/bins/{server.bin.id}{path}"


async def read(server: Running, path: str = "") -> str:
    async with server.client.get(page(server, path)) as answer:
        assert answer.status == 200
        return await answer.text()


def words(text: str) -> str:
    """What a person reads."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)))


def banner(text: str) -> str:
    """What the banner says."""
    return words(text[text.index('<section id="faults"') :].partition("</section>")[0])


async def post(server: Running, path: str, **fields: str) -> ClientResponse:
    async with server.client.post(page(server, path), data=fields, allow_redirects=False) as answer:
        await answer.read()
        return answer


def fault_of(server: Running, role: Role = Role.PRIMARY):
    return server.app[keys.FAULTS].of(server.bin.id, role)


async def test_a_fault_is_set_by_the_form_and_hits_the_next_requests(server: Running) -> None:
    answer = await post(
        server, "/faults/primary", kind="status", status="500, 200", count="2", minutes="5", chance="100"
    )
    assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{server.bin.id}/faults")
    active = fault_of(server)
    assert (active.fault.kind, active.fault.statuses, active.left) == (FaultKind.STATUS, (500, 200), 2)
    assert (active.fault.until - active.started_at).total_seconds() == pytest.approx(300, abs=1)
    for status in (500, 200):
        async with server.client.post(server.capture_url) as hit:
            assert hit.status == status
    assert fault_of(server) is None


async def test_without_a_word_a_fault_has_no_count_and_lasts_ten_minutes(server: Running) -> None:
    await post(server, "/faults/fallback", kind="hold")
    active = fault_of(server, Role.FALLBACK)
    assert (active.left, active.fault.seconds, active.fault.chance) == (None, 30.0, 100)
    assert (active.fault.until - active.started_at).total_seconds() == pytest.approx(600, abs=1)
    assert fault_of(server) is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"kind"}),
        ({"kind": "explode"}, {"kind"}),
        ({"kind": "status", "status": "99"}, {"status"}),
        ({"kind": "status", "status": "500,,600"}, {"status"}),
        ({"kind": "status", "status": "500;" * 101}, {"status"}),
        ({"kind": "hold", "seconds": "121"}, {"seconds"}),
        ({"kind": "slow", "seconds": "-1"}, {"seconds"}),
        ({"kind": "hold", "seconds": "nan"}, {"seconds"}),
        ({"kind": "drop", "count": "0"}, {"count"}),
        ({"kind": "drop", "minutes": "1441"}, {"minutes"}),
        ({"kind": "drop", "chance": "101", "count": "1.5"}, {"chance", "count"}),
        ({"kind": "drop", "minutes": "٣"}, {"minutes"}),
        ({"kind": "drop", "count": '<script>"'}, {"count"}),
    ],
)
async def test_a_mistake_is_told_under_its_field_and_above_with_a_link(
    server: Running, fields: dict[str, str], wrong: set[str]
) -> None:
    async with server.client.post(page(server, "/faults/primary"), data=fields) as answer:
        text = await answer.text()
    assert answer.status == 422
    assert set(re.findall(r'id="(\w+)-problem"', text)) == wrong
    alert = text[text.index("The fault was not started.") :].partition("</section>")[0]
    assert set(re.findall(r'href="#(\w+)"', alert)) == wrong
    assert all(f'id="{name}"' in text for name in wrong)
    assert "<script>" not in text.partition("<body>")[2].replace("<script ", "")
    assert fault_of(server) is None


async def test_what_a_kind_does_not_use_is_not_looked_at(server: Running) -> None:
    answer = await post(server, "/faults/primary", kind="drop", seconds="long", status="many", count="1")
    assert answer.status == 303


async def test_an_unknown_role_or_bin_is_not_there(server: Running) -> None:
    assert (await post(server, "/faults/somewhere", kind="drop")).status == 404
    assert (await post(server, "/faults/somewhere/heal")).status == 404
    async with server.client.post(f"{server.url}/bins/nobody/faults/primary", data={"kind": "drop"}) as answer:
        assert answer.status == 404


async def test_healing_ends_it_and_leads_back_to_the_page_it_was_pressed_on(server: Running) -> None:
    await post(server, "/faults/primary", kind="drop")
    back = f"/bins/{server.bin.id}/messages?q=has%3Astuck"
    answer = await post(server, "/faults/primary/heal", back=back)
    assert (answer.status, answer.headers["Location"]) == (303, back)
    assert fault_of(server) is None
    again = await post(server, "/faults/primary/heal")
    assert (again.status, again.headers["Location"]) == (303, f"/bins/{server.bin.id}/faults")


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/bins/",
        "/\\elsewhere.test",
        "/bins/other",
        "/bins/{bin}x",
        "/bins/{bin}/\\..\\x",
        "/bins/{bin}/a\r\nSet-Cookie: a=b",
        "/bins/{bin}/\u2028",
        "javascript:alert(1)",
        "",
    ],
)
async def test_it_never_leads_anywhere_else(server: Running, back: str) -> None:
    answer = await post(server, "/faults/primary/heal", back=back.replace("{bin}", server.bin.id))
    assert (answer.status, answer.headers["Location"]) == (303, f"/bins/{server.bin.id}/faults")


async def test_the_way_back_keeps_the_base_path(make_settings: Callable[..., Settings]) -> None:
    async with run_server(make_settings(base_path="/sms")) as server:
        await post(server, "/faults/primary", kind="hold", seconds="16", count="1")
        text = await read(server, "/messages")
        assert f'action="/sms/bins/{server.bin.id}/faults/primary/heal"' in text
        back = re.search(r'name="back" value="([^"]*)"', text)[1]
        answer = await post(server, "/faults/primary/heal", back=back)
        assert answer.headers["Location"] == f"/sms/bins/{server.bin.id}/messages"


PAGES = ("", "/messages", "/conversations", "/settings", "/answers", "/faults", "/delete")


async def test_every_page_of_the_bin_says_so_while_a_fault_is_on(server: Running) -> None:
    for path in PAGES:
        assert "fault:" not in banner(await read(server, path))
    await post(server, "/faults/primary", kind="hold", seconds="16", count="2")
    for path in PAGES:
        said = banner(await read(server, path))
        assert "Primary fault: hold 16 s for the next 2 requests. Stops within" in said, path
        assert "Stop failing now" in said
    await post(server, "/faults/primary/heal")
    async with server.client.post(server.capture_url, data={"Text": "a"}):
        pass
    await post(server, "/faults/status", kind="drop", chance="10")
    for path in (*PAGES, "/captures/1"):
        assert "Status fault: drop the connection for 10 % of the requests" in banner(await read(server, path)), path


async def test_other_bins_do_not_speak_of_it(server: Running) -> None:
    async with server.client.post(f"{server.api}/bins", json={}) as answer:
        other = (await answer.json())["id"]
    await post(server, "/faults/primary", kind="drop")
    async with server.client.get(f"{server.url}/bins/{other}") as answer:
        assert "fault:" not in banner(await answer.text())


async def test_a_sequence_and_a_hit_are_told_as_they_stand(server: Running) -> None:
    await post(server, "/faults/primary", kind="status", status="500,500,200", count="3")
    async with server.client.post(server.capture_url):
        pass
    assert "statuses 500, 500, 200 in turn for the next 2 requests" in banner(await read(server))
    now = words((await read(server, "/faults")).partition('id="faults-now"')[2].partition("</ul>")[0])
    assert "1 request affected" in now
    assert "Fallback responds normally" in now


async def test_the_page_offers_what_the_provider_is_known_to_wait(server: Running) -> None:
    assert "Hold the next response for 16 s" in await read(server, "/faults")
    async with server.client.patch(server.bin_api, json={"provider": "telnyx"}):
        pass
    text = await read(server, "/faults")
    assert "Hold the next response for 3 s" in text
    assert re.search(r'id="seconds"[^>]* value="3"', text)
    async with server.client.patch(server.bin_api, json={"provider": "ytel"}):
        pass
    assert "Ytel does not document its timeout." in await read(server, "/faults")


async def test_an_open_page_hears_of_it_without_any_capture(server: Running) -> None:
    live = f"{page(server, '/live')}?after=0&view=plain&faults="
    async with server.client.ws_connect(live) as socket:
        assert "hello" in await socket.receive_json()
        await post(server, "/faults/primary", kind="hold", seconds="16", count="2")
        frame = await socket.receive_json(timeout=15)
        assert "hold 16 s for the next 2 requests" in banner(frame["faults"])
        assert 'id="faults-now"' in frame["faults"]
        await post(server, "/faults/primary/heal")
        frame = await socket.receive_json(timeout=15)
        assert "fault:" not in banner(frame["faults"])
        assert "hidden" in frame["faults"]


async def test_a_viewer_of_the_list_gets_rows_and_the_count_that_goes_down(server: Running) -> None:
    await post(server, "/faults/primary", kind="status", status="500", count="2")
    key = re.search(r'id="faults"[^>]*data-key="(\w+)"', await read(server))[1]
    async with server.client.ws_connect(f"{page(server, '/live')}?after=0&view=captures&faults={key}") as socket:
        assert "hello" in await socket.receive_json()
        async with server.client.post(server.capture_url, data={"Text": "a"}):
            pass
        seen = ""
        while "for the next request." not in seen:
            frame = await socket.receive(timeout=15)
            assert frame.type is WSMsgType.TEXT
            seen = words(frame.json().get("faults", ""))


async def test_a_page_that_shows_what_is_on_is_told_nothing(server: Running) -> None:
    await post(server, "/faults/primary", kind="drop")
    key = re.search(r'id="faults"[^>]*data-key="(\w+)"', await read(server))[1]
    for known, count in ((key, 1), ("", 2)):
        async with server.client.get(f"{page(server, '/live')}?after=0&view=plain&faults={known}") as answer:
            assert len((await answer.json())["frames"]) == count

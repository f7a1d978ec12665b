"""The rows that the palette finds in the store."""

import re
from urllib.parse import quote

import pytest

from app.web.palette import page
from tests.conftest import Running

ROW = re.compile(r'href="([^"]*)"><bdi>([^<]*)</bdi><small>([^<]*)</small>')


async def _find(server: Running, text: str, *, in_bin: bool = True) -> list[tuple[str, str, str]]:
    where = f"&bin={server.bin.id}" if in_bin else ""
    async with server.client.get(f"{server.url}/palette?q={quote(text)}{where}") as answer:
        assert answer.status == 200
        return ROW.findall(await answer.text())


async def _post(server: Running, **fields: str) -> None:
    data = {"From": "+14155550123", "To": "+19495550142", "Text": "hello", "MessageSid": "SM1", **fields}
    async with server.client.post(server.capture_url, data=data) as answer:
        assert answer.status == 200


async def test_a_number_finds_its_request_and_the_filters_of_phone_numbers(server: Running) -> None:
    home = f"/bins/{server.bin.id}"
    for sid in ("SM1", "SM2"):
        await _post(server, MessageSid=sid)
    assert await _find(server, "#2") == [(f"{home}/captures/2", "#2", "Request")]
    assert await _find(server, "#3") == []
    assert await _find(server, "0") == []
    assert await _find(server, "415 555") == [(f"{home}?q=from%3A%2B14155550123", "+1 415-555-0123", "Requests from")]
    assert await _find(server, "+1949") == [(f"{home}?q=to%3A%2B19495550142", "+1 949-555-0142", "Requests to")]


async def test_the_beginning_of_a_message_id_finds_it(server: Running) -> None:
    for sid in ("SMa1", "SMa2", 'x"<&,y', "other"):
        await _post(server, MessageSid=sid)
    found = await _find(server, "sma")
    assert sorted(found) == [(f"/bins/{server.bin.id}?q=id%3ASMa{n}", f"SMa{n}", "Message id") for n in (1, 2)]
    [(path, title, _)] = await _find(server, 'x"<')
    assert title == "x&#34;&lt;&amp;,y"
    async with server.client.get(server.url + path) as answer:
        assert (await answer.text()).count('id="capture-') == 1
    assert await _find(server, "sm") == []


async def test_bins_are_found_by_words_of_their_names_everywhere(server: Running) -> None:
    for name in ("Acme staging", "Billing for Acme", "<b>"):
        async with server.client.post(f"{server.api}/bins", json={"name": name}) as answer:
            assert answer.status == 201
    found = await _find(server, "acme", in_bin=False)
    assert [(title, kind) for _, title, kind in found] == [("Acme staging", "Bin"), ("Billing for Acme", "Bin")]
    assert [title for _, title, _ in await _find(server, "ACME bill")] == ["Billing for Acme"]
    assert [title for _, title, _ in await _find(server, "<b>", in_bin=False)] == ["&lt;b&gt;"]
    assert await _find(server, "", in_bin=False) == []


async def test_a_bin_that_is_gone_is_told(server: Running) -> None:
    async with server.client.get(f"{server.url}/palette?q=a&bin=nothing") as answer:
        assert answer.status == 404


async def test_a_page_has_its_commands_only_for_those_who_are_signed_in(server: Running) -> None:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/settings") as answer:
        html = await answer.text()
    assert html.count("data-palette-open") == 2
    for words in ("Send a test SMS", "Copy status URL", "Drills", "Sign out", "Create a bin"):
        assert f">{words}<" in html.partition("<template data-palette>")[2]
    async with server.client.get(f"{server.url}/docs/guide", headers={"Authorization": ""}) as answer:
        assert "palette" not in await answer.text()


async def test_at_most_five_rows_of_a_kind_are_found(server: Running) -> None:
    for n in range(page.MOST_ROWS + 1):
        await _post(server, MessageSid=f"SMa{n}", From=f"+1415555010{n}")
        async with server.client.post(f"{server.api}/bins", json={"name": f"Acme {n}"}) as answer:
            assert answer.status == 201
    for text, kind in (("SMa", "Message id"), ("+1415", "Requests from"), ("acme", "Bin")):
        assert [found for *_, found in await _find(server, text)] == [kind] * page.MOST_ROWS
    assert await _find(server, "SMa4") == [(f"/bins/{server.bin.id}?q=id%3ASMa4", "SMa4", "Message id")]


async def test_ids_are_looked_for_with_three_characters(server: Running) -> None:
    await _post(server, MessageSid="SMa")
    assert [title for _, title, _ in await _find(server, "SMa"[: page.FEWEST_CHARACTERS])] == ["SMa"]
    assert await _find(server, "SMa"[: page.FEWEST_CHARACTERS - 1]) == []


async def test_a_text_is_cut_at_a_hundred_characters(server: Running) -> None:
    name = "a" * page.MOST_TEXT
    async with server.client.post(f"{server.api}/bins", json={"name": name}) as answer:
        assert answer.status == 201
    for text in (name, name + "b"):
        assert [title for _, title, _ in await _find(server, text)] == [name]


async def test_numbers_are_those_of_the_newest_fifty_messages(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SEARCHED", 2)
    for n in range(3):
        await _post(server, MessageSid=f"SM{n}", From=f"+1415555010{n}")
    assert [title for _, title, kind in await _find(server, "+1415") if kind == "Requests from"] == [
        "+1 415-555-0102", "+1 415-555-0101",
    ]  # fmt: skip

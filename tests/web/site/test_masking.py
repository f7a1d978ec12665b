"""A masked bin: no value that is masked is in any page, fragment, live frame or file, until a person asks for it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import make_mocked_request

from app import keys
from app.domain.masking.policy import FULL_MASK, NO_MASK
from app.domain.privacy import Privacy
from app.live import frames
from app.web.routes import ROUTES
from app.web.site.masking import export_masking_of, is_unmasked, json_masking_of, masking_of, open_masking_of
from app.web.site.parameters import IN_PATH
from tests.conftest import Running

THEIRS, OURS, CODE, TOKEN, SECRET, CARD = "+12065550148", "+13125550199", "482913", "a8Xk2Qp", "opensesame", "velvet"
# In the ways in which pages write them: whole, spaced, percent-encoded, without a plus, the parts that are masked.
NEEDLES = (
    "2065550148", "206-555-0148", "206-555", "555-0148", "3125550199", "312-555", "555-0199", CODE, CODE[:3] + " ",
    TOKEN, SECRET, CARD, "20655501",
)  # fmt: skip
FORM = {
    "MessageSid": "SM1", "AccountSid": "ACx", "ApiVersion": "x", "From": THEIRS, "To": OURS, "Card": CARD,
    "Body": f"Your code is {CODE}. Call +1 206 555 0148 or open https://acme.example/in/{TOKEN}?n=1",
}  # fmt: skip
STATUS = {"MessageSid": "SM2", "AccountSid": "ACx", "From": OURS, "To": THEIRS, "MessageStatus": "delivered"}
PRIVACY = Privacy(mask=True, masked_fields=("card",), masked_headers=("x-internal",))
HEADERS = {"Authorization": f"Bearer {SECRET}", "X-Internal": SECRET, "Referer": f"https://x.example/?from={THEIRS}"}


@pytest_asyncio.fixture
async def masked(server: Running) -> AsyncIterator[Running]:
    """A server whose bin masks, with a pair, an outbound message and a request by GET."""
    await server.app[keys.PRIVACY].set(server.bin.id, PRIVACY)
    for role in ("", "/fallback"):
        await _send(server, role, data=FORM)
    await _send(server, "/status", data=STATUS)
    await _send(server, f"/primary/{THEIRS}", json={"from": THEIRS, "to": OURS, "text": CODE, "n": 12065550148})
    async with server.client.get(server.capture_url, params=FORM, headers=HEADERS) as answer:
        assert answer.status == 200
    await server.settled(5)
    yield server


async def _send(server: Running, role: str, **body: object) -> None:
    async with server.client.post(server.capture_url + role, headers=HEADERS, **body) as answer:  # type: ignore[arg-type]
        assert answer.status == 200


def leaks(text: str) -> list[str]:
    """The values that a text has and must not have."""
    return [needle for needle in NEEDLES if needle in text]


async def _get(server: Running, path: str, **headers: str) -> str:
    async with server.client.get(server.url + path, headers=headers, allow_redirects=True) as answer:
        assert answer.status in (200, 404, 409, 422), f"{path}: {answer.status}"
        return await answer.text()


PARTS = {"bin": "", "n": "1", "m": "2", "provider": "generic", "message_id": "SM1", "id": "none", "tool": "none",
         "name": "none"}  # fmt: skip
SEPARATE = ("{theirs", "download", "copy/", "live", "api/", "static", "healthz", "readyz", "metrics", "/shared/")
"""Routes that return the bytes that a person has asked for, or are tested by themselves."""


def _pages(bin_id: str) -> list[str]:
    """The addresses of all pages and fragments, from the table of routes: a new one is tested without being listed."""
    found = []
    for route in ROUTES:
        is_separate = any(part in route.path for part in SEPARATE)
        if route.method != "GET" or route.public or is_separate:
            continue
        path = re.sub(r"\{(\w+)[^}]*\}+?", lambda part: {**PARTS, "bin": bin_id}[part[1]], route.path)
        found.append(path)
    return found


async def test_no_page_of_a_masked_bin_has_a_masked_value(masked: Running) -> None:
    base = f"/bins/{masked.bin.id}"
    tabs = ["summary", "fields", "headers", "raw", "signature", "timing", "answer", "related", "replay"]
    addresses = [
        *_pages(masked.bin.id),
        *(f"{base}/captures/{n}?tab={tab}" for n in range(1, 6) for tab in tabs),
        *(f"{base}/captures/{n}?tab={tab}&find=a" for n in (1, 4) for tab in ("fields", "raw")),
        f"{base}/messages/generic/SM2", f"{base}/messages/generic/SM2/conversation", f"{base}/compare?show=all",
        f"{base}/compare/1", f"{base}/compare/1/4", f"{base}/compare/1/report", f"{base}/compare/1/4/report",
        f"{base}/answers?role=primary&with=1", f"{base}/mapping?with=4", f"{base}/rows?after=0",
        f"/palette?bin={masked.bin.id}&q=206", f"/palette?bin={masked.bin.id}&q=SM",
        f"/api/v1/bins/{masked.bin.id}/completions?q=from:", f"/api/v1/bins/{masked.bin.id}/completions?q=to:%2B",
    ]  # fmt: skip
    found = {}
    for address in addresses:
        for partial in ("", "detail", "parts", "bubbles"):
            text = await _get(masked, address, **({"X-Partial": partial} if partial else {}))
            if leaked := leaks(text):
                found[address, partial] = leaked
    assert not found
    assert len(addresses) > 60


async def test_masked_numbers_keep_their_last_digits_and_names_stay(masked: Running) -> None:
    rows = await _get(masked, f"/bins/{masked.bin.id}/rows")
    assert "+•••••••••48" in rows
    assert "+•••••••••99" in rows
    assert "https://acme.example/••••••••" in rows
    detail = await _get(masked, f"/bins/{masked.bin.id}/captures/1?tab=fields")
    assert "MessageSid" in detail
    assert "SM1" in detail


async def test_a_person_who_asks_sees_the_values_of_what_is_open_only(masked: Running) -> None:
    base = f"/bins/{masked.bin.id}"
    for address, needle in (
        (f"{base}/captures/1?mask=false", CODE), (f"{base}/captures/1?tab=headers&mask=false", SECRET),
        (f"{base}/captures/1?tab=raw&mask=false", CARD), (f"{base}/messages/generic/SM1?mask=false", CODE),
        (f"{base}/compare/1?mask=false", CODE), (f"{base}/messages/generic/SM1/conversation?mask=false", CODE),
    ):  # fmt: skip
        page = await _get(masked, address)
        assert needle in page, address
        rows = page.partition('data-rows role="list">')[2].partition("</ol>")[0]
        assert rows, address
        assert not leaks(rows), address


async def test_a_page_can_be_rendered_masked_whatever_the_bin_masks(masked: Running) -> None:
    await masked.app[keys.PRIVACY].set(masked.bin.id, Privacy())
    assert leaks(await _get(masked, f"/bins/{masked.bin.id}/rows"))
    request = make_mocked_request("GET", "/?mask=false", app=masked.app, match_info={"bin": masked.bin.id})
    assert open_masking_of(request, masked.bin.id) == NO_MASK
    request[keys.MASKED] = True
    assert not is_unmasked(request)
    for policy in (
        masking_of(request, masked.bin.id), open_masking_of(request, masked.bin.id),
        export_masking_of(request, {"mask": "false"}), json_masking_of(request, {}),
    ):  # fmt: skip
        assert policy == FULL_MASK


async def _first_frame(server: Running, view: str) -> str:
    """What a viewer gets who has seen nothing yet."""
    query = {"view": view, "after": "0", "show": "all", "provider": "generic", "message": "SM1"}
    async with server.client.ws_connect(f"{server.url}/bins/{server.bin.id}/live", params=query) as socket:
        text = ""
        while '"edits"' not in text:
            message = await asyncio.wait_for(socket.receive(), 60)
            assert message.type is aiohttp.WSMsgType.TEXT
            text += message.data
    return text


@pytest.mark.parametrize("view", ["captures", "messages", "conversations", "compare"])
async def test_no_live_frame_of_a_masked_bin_has_a_masked_value(masked: Running, view: str) -> None:
    text = await _first_frame(masked, view)
    assert not leaks(text)
    assert "•••" in text
    polled = await _get(masked, f"/bins/{masked.bin.id}/live?view={view}&after=0&show=all&provider=generic&message=SM1")
    assert json.loads(polled)["frames"]
    assert not leaks(polled)


async def test_viewers_with_and_without_masks_share_no_frame(masked: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOMENT_S", 60.0)
    assert not leaks(await _first_frame(masked, "captures"))
    await masked.app[keys.PRIVACY].set(masked.bin.id, Privacy())
    assert leaks(await _first_frame(masked, "captures"))
    await masked.app[keys.PRIVACY].set(masked.bin.id, PRIVACY)
    assert not leaks(await _first_frame(masked, "captures"))


@pytest.mark.parametrize(
    "form", ["of=captures&format=csv", "of=captures&format=jsonl", "of=captures&format=har", "of=messages&format=csv",
             "of=messages&format=jsonl", "of=captures&format=jsonl&n=1,4", "of=captures&format=csv&n=1"],
)  # fmt: skip
async def test_exports_of_a_masked_bin_are_masked_unless_asked_for(masked: Running, form: str) -> None:
    address = f"/api/v1/bins/{masked.bin.id}/export?{form}"
    text = await _get(masked, address)
    assert "•••" in text
    assert not leaks(text)
    assert leaks(await _get(masked, f"{address}&mask=false"))
    async with masked.client.get(f"{masked.url}{address}&mask=maybe") as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["field"] == "mask"


async def test_the_api_returns_what_was_received_and_masks_it_if_asked(masked: Running) -> None:
    one = f"/api/v1/bins/{masked.bin.id}/captures/1"
    for path in (one, f"{one}?mask=false"):
        whole = json.loads(await _get(masked, path))
        assert dict(whole["headers"])["Authorization"] == f"Bearer {SECRET}"
        assert whole["from"] == THEIRS
    assert SECRET in await _get(masked, f"{one}/raw")
    for path in (f"{one}?mask=true", f"{one}/raw?mask=true", f"{one}/attempts?mask=true"):
        assert not leaks(await _get(masked, path)), path
    for path in ("captures?mask=true", "messages?mask=true", "messages/generic/SM1?mask=true"):
        assert not leaks(await _get(masked, f"/api/v1/bins/{masked.bin.id}/{path}")), path


def test_every_part_of_an_address_has_a_value() -> None:
    assert {parameter["name"] for parameter in IN_PATH} - {"role", "label"} <= PARTS.keys()

"""A bin with a pair, an outbound message and a request by GET, of which everything that is private can be found."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from app import keys
from app.domain.privacy import Privacy
from tests.conftest import Running
from tests.web.site.test_masking import FORM, HEADERS, OURS, STATUS, THEIRS


@pytest_asyncio.fixture
async def full(server: Running) -> AsyncIterator[Running]:
    """The server. Its bin does not mask values by itself, but names a field and a header. Request 2 repeats its capture
    URL in a field and in a header, in both cases."""
    privacy = Privacy(mask=False, masked_fields=("card",), masked_headers=("x-internal",))
    await server.app[keys.PRIVACY].set(server.bin.id, privacy)
    repeated = {"Callback": server.capture_url, "Key": server.bin.key.upper()}
    await send(server, "", data=FORM)
    await send(server, "/fallback", data=FORM | repeated, headers=HEADERS | {"X-Original-Url": server.capture_url})
    await send(server, "/status", data=STATUS)
    await send(server, f"/primary/{THEIRS}", json={"from": THEIRS, "to": OURS, "text": "hello"})
    await server.settled(4)
    yield server


async def send(server: Running, role: str = "", **more: object) -> None:
    """Send a request to the bin."""
    url = server.capture_url + role
    async with server.client.post(url, **({"headers": HEADERS} | more)) as answer:  # type: ignore[arg-type]
        assert answer.status == 200


async def make_share(server: Running, **body: object) -> dict:
    """A new share of the bin, by the API."""
    async with server.client.post(f"{server.bin_api}/shares", json={"expires_in": "1h", **body}) as answer:
        assert answer.status == 201, await answer.text()
        return await answer.json()


async def open_link(url: str, **more: object) -> tuple[int, str]:
    """What a visitor without a credential gets: the status, and the text."""
    async with aiohttp.ClientSession() as visitor, visitor.get(url, allow_redirects=False, **more) as answer:  # type: ignore[arg-type]
        return answer.status, await answer.text()


PARTS: dict[str, dict] = {
    "bin": {},
    "filter": {"q": "kind:inbound"},
    "capture": {"n": 2},
    "message": {"message": {"provider": "ytel", "message_id": "SM1"}},
    "comparison": {"comparison": {"n": 1}},
    "two": {"comparison": {"n": 3, "m": 4}},
}

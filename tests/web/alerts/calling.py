"""Calls of the API of alerts, and its pages."""

import re
from typing import Any

import aiohttp

from tests.conftest import Running


async def call(server: Running, method: str, path: str = "", status: int = 200, **json: object) -> Any:
    """The JSON of the response, which must have this status."""
    async with server.client.request(method, f"{server.bin_api}/alerts{path}", json=json or None) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json() if answer.content_type.endswith("json") else None


async def report(server: Running, status: str = "failed", message: str = "SM1") -> None:
    """A status callback."""
    form = {"MessageSid": message, "MessageStatus": status, "AccountSid": "AC1", "To": "+14155550107"}
    async with server.client.post(server.capture_url + "/status", data=form) as answer:
        assert answer.status == 200


async def until_state(server: Running, alert_id: str, state: str) -> dict[str, Any]:
    async def holds() -> bool:
        return bool((await call(server, "GET", f"/{alert_id}"))["state"] == state)

    await server.until(holds)
    found: dict[str, Any] = await call(server, "GET", f"/{alert_id}")
    return found


async def page(server: Running, path: str = "/alerts", status: int = 200) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == status
        return words(await answer.text())


async def post(server: Running, path: str = "", **fields: str) -> tuple[aiohttp.ClientResponse, str]:
    address = f"{server.url}/bins/{server.bin.id}/alerts{path}"
    headers = {"Origin": server.url}
    async with server.client.post(address, data=fields, headers=headers, allow_redirects=False) as answer:
        return answer, words(await answer.text())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())

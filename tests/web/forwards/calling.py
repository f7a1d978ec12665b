"""Calls of the API of forwards."""

from typing import Any

from tests.conftest import Running


async def call(server: Running, method: str, path: str = "", status: int = 200, **json: object) -> Any:
    """The JSON of the response, which must have this status."""
    async with server.client.request(method, f"{server.bin_api}/forwards{path}", json=json or None) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json() if answer.content_type.endswith("json") else None


async def hit(server: Running, text: str = "hi", message: str = "SM1", role: str = "") -> None:
    form = {"From": "+14155550107", "To": "+19495550142", "Body": text, "MessageSid": message, "AccountSid": "AC1"}
    async with server.client.post(server.capture_url + role, data=form) as answer:
        assert answer.status == 200


async def until_state(server: Running, n: int, state: str) -> dict[str, Any]:
    """What the first forward does with a capture, when it has this state."""

    async def holds() -> bool:
        found = (await server.capture(n)).get("forwards", [])
        return bool(found) and found[0]["state"] == state

    await server.until(holds)
    shown: dict[str, Any] = (await server.capture(n))["forwards"][0]
    return shown

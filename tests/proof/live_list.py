"""A viewer of a bin over the WebSocket of the API, which connects again after each loss of its connection."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp

from tests.process import TOKEN


class LiveList:
    """What the viewer has got: requests by number, and messages by provider and id, each in its last state."""

    def __init__(self, api: str) -> None:
        self.captures: dict[int, dict[str, Any]] = {}
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.connections = 0
        self.resets = 0
        self._url = f"{api}/live"
        self._cursor = 0
        self._task = asyncio.ensure_future(self._follow())

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _follow(self) -> None:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    async with client.ws_connect(f"{self._url}?after={self._cursor}", heartbeat=10) as socket:
                        self.connections += 1
                        async for message in socket:
                            if not self._take(json.loads(message.data)):
                                break
                await asyncio.sleep(0.1)

    def _take(self, frame: dict[str, Any]) -> bool:
        """Returns whether the next frame follows it."""
        match frame["type"]:
            case "hello":
                return True
            case "reset":
                # Read everything again.
                self.captures, self.messages, self._cursor = {}, {}, 0
                self.resets += 1
                return False
            case "capture":
                self.captures[frame["capture"]["n"]] = frame["capture"]
            case "message":
                shown = frame["message"]
                self.messages[shown["provider"], shown["message_id"]] = shown
            case "message_gone":
                self.messages.pop((frame["provider"], frame["message_id"]), None)
            case other:
                raise AssertionError(f"an unexpected frame: {other}")
        self._cursor = frame["seq"]
        return True

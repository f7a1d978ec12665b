"""Viewers of the page in a process of their own: `python -m tests.bench.viewers URL TOKEN COUNT UNTIL_N`.

Each follows the page's socket until it has received capture UNTIL_N, and reconnects with its cursor, as the page
does. Prints how many received everything, and the p99 in milliseconds from `received_at` to the frame.
"""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime

import aiohttp

_NUMBER = re.compile(r'"op": "(?:prepend|replace)", "n": (\d+)')
_AFTER = re.compile(r'^\{"after": (\d+)')
_TIME = re.compile(r'datetime="([^"]+)"')


class Viewer:
    """The socket of one browser tab."""

    def __init__(self, client: aiohttp.ClientSession, url: str, until: int, late: list[float] | None) -> None:
        self.client, self.url, self.until, self.late = client, url, until, late
        self.seen: set[int] = set()
        self.after = 0

    async def follow(self) -> bool:
        """True when every number up to `until` was received."""
        while self.until not in self.seen:
            try:
                await self._connection()
            except aiohttp.ClientError:
                await asyncio.sleep(0.5)
        return set(range(1, self.until + 1)) <= self.seen

    async def _connection(self) -> None:
        async with self.client.ws_connect(f"{self.url}?after={self.after}", max_msg_size=0, compress=0) as socket:
            if self.late is not None and not self.after:
                print("ready", flush=True)
            async for message in socket:
                self._take(message.data)
                if self.until in self.seen:
                    return

    def _take(self, text: str) -> None:
        cursor = _AFTER.match(text)
        if not cursor:
            return
        self.after = int(cursor[1])
        fresh = [int(number) for number in _NUMBER.findall(text)]
        if self.late is not None:
            now = datetime.now(UTC)
            for edit in json.loads(text)["edits"]:
                found = _TIME.search(edit.get("html", ""))
                if found and edit.get("n") not in self.seen:
                    self.late.append((now - datetime.fromisoformat(found[1])).total_seconds() * 1_000)
        self.seen.update(fresh)


async def run(url: str, token: str, count: int, until: int) -> None:
    """All of them at once."""
    late: list[float] = []
    timeout = aiohttp.ClientTimeout(total=None)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(limit=0), timeout=timeout
    ) as client:
        people = [Viewer(client, url, until, late if index == count - 1 else None) for index in range(count)]
        whole = sum(await asyncio.gather(*(person.follow() for person in people)))
    late.sort()
    print(f"{whole} {late[int(len(late) * 0.99)] if late else 0:.1f}")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))

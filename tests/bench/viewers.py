"""Viewers in a process of their own: `python -m tests.bench.viewers URL TOKEN COUNT UNTIL_N KIND`.

Each follows the bin until it has seen capture UNTIL_N. Prints how many got everything, and the p99 in milliseconds
from a capture's `received_at` to its frame (JSON viewers only: their frames carry the time).
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

import aiohttp


async def follow(client: aiohttp.ClientSession, url: str, until: int, late: list[float], sample: bool) -> bool:
    """True when every number up to `until` came."""
    seen: set[int] = set()
    async with client.ws_connect(url, max_msg_size=0, compress=0) as socket:
        print("ready", flush=True) if sample else None
        async for message in socket:
            if sample:
                frame = json.loads(message.data)
                if frame["type"] != "capture":
                    continue
                n = frame["capture"]["n"]
                if n not in seen:
                    sent = datetime.fromisoformat(frame["capture"]["received_at"])
                    late.append((datetime.now(UTC) - sent).total_seconds() * 1_000)
                seen.add(n)
            else:
                # Reading every frame of a thousand viewers would measure this client; the numbers are enough.
                start = 0
                text = message.data
                while (at := text.find('"n":', start)) >= 0:
                    end = text.find(",", at)
                    seen.add(int(text[at + 4 : end]))
                    start = end
            if until in seen:
                break
    return set(range(1, until + 1)) <= seen


async def run(url: str, token: str, count: int, until: int) -> None:
    """All of them at once."""
    late: list[float] = []
    timeout = aiohttp.ClientTimeout(total=None)
    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers, connector=connector, timeout=timeout) as client:
        people = [follow(client, url, until, late, index == count - 1) for index in range(count)]
        whole = sum(await asyncio.gather(*people))
    late.sort()
    print(f"{whole} {late[int(len(late) * 0.99)] if late else 0:.1f}")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))

"""A listener as a client connects it: aiohttp's WebSocket, and what it sends and gets."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.conftest import Running

Frame = dict[str, Any]
SAMPLES = Path(__file__).parents[2] / "samples"


@dataclass
class Laptop:
    """An open connection. `got` are the captures in the order in which they arrived, with whole bodies."""

    socket: aiohttp.ClientWebSocketResponse
    hello: Frame
    got: list[Frame] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        return [each["n"] for each in self.got]

    async def frame(self) -> Frame:
        message = await self.raw()
        assert message.type is aiohttp.WSMsgType.TEXT, message
        assert len(message.data.encode()) <= 1 << 20
        found: Frame = json.loads(message.data)
        return found

    async def capture(self) -> Frame:
        """The next capture; its body as bytes in `bytes`, and all its events in `events`."""
        capture = part = await self.frame()
        assert capture["t"] == "capture", capture
        body = base64.b64decode(part["body"])
        while part["more"]:
            part = await self.frame()
            assert (part["t"], part["n"]) == ("body", capture["n"])
            body += base64.b64decode(part["body"])
        more = capture.get("more_events", False)
        while more:
            part = await self.frame()
            assert (part["t"], part["n"]) == ("events", capture["n"])
            capture["events"] += part["events"]
            more = part["more"]
        self.got.append(capture | {"bytes": body})
        return self.got[-1]

    async def captures(self, count: int) -> list[Frame]:
        return [await self.capture() for _ in range(count)]

    async def say(self, t: str, **values: object) -> None:
        await self.socket.send_json({"t": t, **values})

    async def answer(self, n: int, status: int = 200, ms: int = 31) -> None:
        """The program answered, and the capture has arrived."""
        body = base64.b64encode(b"<Response/>").decode()
        headers = [["Content-Type", "text/xml"]]
        await self.say("result", n=n, status=status, headers=headers, body=body, more=False, ms=ms)
        await self.say("ack", n=n)

    async def nothing(self) -> None:
        """The server has nothing to send now: it answers a ping, and all that came before it was handled."""
        await self.socket.ping(b"now")
        message = await self.raw()
        assert (message.type, bytes(message.data)) == (aiohttp.WSMsgType.PONG, b"now"), message

    async def raw(self) -> aiohttp.WSMessage:
        """The next message but pings."""
        while (message := await self.socket.receive(timeout=60)).type is aiohttp.WSMsgType.PING:
            await self.socket.pong(message.data)
        return message

    async def closed(self) -> int | None:
        """The code with which the server closes, which must be the next message."""
        message = await self.raw()
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), message
        return self.socket.close_code


@asynccontextmanager
async def listening(server: Running, name: str = "laptop", **query: object) -> AsyncIterator[Laptop]:
    values = {"name": name} | {key: str(value) for key, value in query.items()}
    async with server.client.ws_connect(
        f"{server.bin_api}/listen", params=values, autoping=False, max_msg_size=1 << 20
    ) as socket:
        hello = await socket.receive_json(timeout=60)
        assert hello["t"] == "hello"
        yield Laptop(socket, hello)


async def send(server: Running, text: str = "hi", role: str = "", **form: str) -> int:
    """Send a capture; returns its number."""
    values = {
        "From": "+14155550123",
        "To": "+12125550199",
        "Body": text,
        "MessageSid": "SM1",
        "AccountSid": "AC1",
    } | form
    before = await newest(server)
    async with server.client.post(f"{server.capture_url}{role}", data=values) as answer:
        assert answer.status == 200
    return before + 1


def infobip_batch() -> bytes:
    """A request with two messages: `first` and one without a text."""
    return (SAMPLES / "infobip" / "inbound-two.http").read_bytes().partition(b"\n\n")[2]


def bandwidth_batch(*ids: str) -> bytes:
    """A request with messages of these ids."""
    (one,) = json.loads((SAMPLES / "bandwidth" / "inbound-json-array.http").read_bytes().partition(b"\n\n")[2])
    return json.dumps([one | {"message": one["message"] | {"id": each}} for each in ids]).encode()


def telnyx_status(count: int) -> dict[str, Any]:
    """A status for so many recipients; each of its events has the whole text, of 24,000 bytes."""
    recipients = [{"phone_number": f"+1415555{number:04}", "status": "delivered"} for number in range(count)]
    message = {
        "record_type": "message", "id": "t1", "direction": "outbound", "text": "\u20ac" * 8_000, "to": recipients,
        "from": {"phone_number": "+12125550199"},
    }  # fmt: skip
    return {"data": {"record_type": "event", "event_type": "message.finalized", "id": "e1", "payload": message}}


async def send_json(server: Running, body: bytes) -> None:
    async with server.client.post(
        server.capture_url, data=body, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 200


async def newest(server: Running) -> int:
    async with server.client.get(f"{server.bin_api}/captures?limit=1") as answer:
        items = (await answer.json())["items"]
        return items[0]["n"] if items else 0


async def listed(server: Running) -> dict[str, Frame]:
    """The listeners of the API by name."""
    async with server.client.get(f"{server.bin_api}/listeners") as answer:
        assert answer.status == 200
        return {each["name"]: each for each in (await answer.json())["items"]}


async def until_listed(server: Running, name: str, **wanted: object) -> Frame:
    """The listener, when it has these values."""
    async with asyncio.timeout(60):
        while True:
            found = (await listed(server)).get(name, {})
            if {key: found.get(key) for key in wanted} == wanted:
                return found
            await asyncio.sleep(0.01)


async def attempts(server: Running, n: int) -> list[Frame]:
    async with server.client.get(f"{server.bin_api}/captures/{n}/attempts") as answer:
        return list((await answer.json())["items"])


async def until_attempts(server: Running, n: int, count: int) -> list[Frame]:
    async with asyncio.timeout(60):
        while len(found := await attempts(server, n)) < count:
            await asyncio.sleep(0.01)
    return found

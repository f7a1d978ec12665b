"""A server that speaks the protocol of `smsbin listen`, and a local program, both in the loop of the test."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from msgspec.structs import replace

from app.commands.client import Client
from app.commands.listen.connecting import ListenAddress
from app.commands.listen.requests import LocalTarget
from app.commands.listen.session import ListenSession, SessionPlan
from app.domain.listening import (
    MAX_FRAME,
    WINDOW,
    ClientFrame,
    ListenAck,
    ListenBody,
    ListenCapture,
    ListenDrop,
    ListenEvents,
    ListenFailed,
    ListenHello,
    ListenResult,
    write_frame,
)
from app.domain.roles import Role
from tests.process import ROOT, environment

Process = asyncio.subprocess.Process
KEY = "0123456789abcdef"
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
BIN = "b1n"
PIECE = 384 << 10
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Own: \xff\r\n\r\nok"


def a_capture(n: int = 1, body: bytes = b"", **more: Any) -> ListenCapture:
    """A capture with usual values."""
    usual: dict[str, Any] = {
        "role": Role.PRIMARY, "method": "POST", "target": f"/{KEY}", "path": "", "headers": [("Host", "x")],
        "size": len(body), "received_at": AT + timedelta(seconds=n), "url": f"https://sms.example/{KEY}",
        "page_url": f"https://sms.example/bins/{BIN}/captures/{n}", "summary": f"inbound +1 -> +2: text {n}",
    }  # fmt: skip
    return ListenCapture(n=n, body=body, **(usual | more))


def capture_frames(capture: ListenCapture) -> Iterator[str]:
    """A capture with its whole body, 512 KiB of Base64 in each frame, and all its events but the first in frames of
    their own."""
    pieces = [capture.body[start : start + PIECE] for start in range(0, len(capture.body), PIECE)] or [b""]
    for place, piece in enumerate(pieces):
        more = place + 1 < len(pieces)
        head = replace(
            capture, body=piece, more=more, events=capture.events[:1], more_events=len(capture.events) > 1
        )  # fmt: skip
        text = write_frame(ListenBody(n=capture.n, body=piece, more=more) if place else head)
        assert len(text) <= MAX_FRAME
        yield text
    for place, event in enumerate(capture.events[1:], start=2):
        yield write_frame(ListenEvents(n=capture.n, events=[event], more=place < len(capture.events)))


def events_of(*texts: str) -> list[msgspec.Raw]:
    """Events with these texts, as the server sends them."""
    usual = {"kind": "inbound", "from": "+1", "to": "+2", "raw_status": None, "status": None}
    return [msgspec.Raw(msgspec.json.encode({"data": usual | {"text": text}})) for text in texts]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it is true, at most half a minute."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


@dataclass
class FakeServer:
    """Serves one listener. `refuses`: the status of the next handshakes. `acknowledged` is in the order of arrival."""

    captures: list[ListenCapture] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    results: list[ListenResult | ListenFailed] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refuses: list[int] = field(default_factory=list)
    problem: dict[str, Any] = field(default_factory=dict)
    cursor: int = 0
    # Acknowledgements up to this count are received; then the connection is cut before each further one is.
    loses_acks: int = 0
    root: str = ""
    socket: web.WebSocketResponse | None = None
    transport: asyncio.Transport | None = None
    tries: dict[int, int] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ends: list[int | None] = field(default_factory=list)

    def add(self, *captures: ListenCapture) -> None:
        """More captures arrive."""
        self.captures += captures
        self.news.set()

    def forget(self) -> None:
        """No acknowledgement was received."""
        self.acknowledged.clear()
        self.done.clear()

    def cut(self) -> None:
        """The connection is gone, without a close frame."""
        assert self.transport is not None
        self.transport.abort()

    async def end(self, code: int, frame: str | None = None) -> None:
        """The server closes the connection."""
        assert self.socket is not None
        if frame is not None:
            await self.socket.send_str(json.dumps({"t": frame}))
        await self.socket.close(code=code)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(dict(request.query))
        self.tokens.append(request.headers["Authorization"])
        if self.refuses:
            status = self.refuses.pop(0)
            return web.json_response(self.problem, status=status, headers={"Location": "/elsewhere"})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.socket, self.transport = socket, request.transport  # type: ignore[assignment]
        if "after" in request.query:
            self.cursor = int(request.query["after"])
            self.forget()
        unsent = [each for each in self.captures if self._is_open(each.n)]
        name = request.query["name"]
        hello = ListenHello(name=name, bin=BIN, cursor=self.cursor, behind=len(unsent), window=WINDOW, version="0")
        await socket.send_str(write_frame(hello))
        sender = asyncio.ensure_future(self._send(socket))
        try:
            await self._receive(socket)
        finally:
            sender.cancel()
            self.ends.append(socket.close_code)
        return socket

    async def list_bins(self, _: web.Request) -> web.Response:
        bin = {"id": BIN, "name": "my bin", "provider": "twilio", "page_url": "https://sms.example/bins/b1n"}
        return web.json_response({"items": [bin], "next": None})

    async def list_captures(self, _: web.Request) -> web.Response:
        items = [{"n": each.n, "received_at": "2026-01-01T00:00:00.000000Z"} for each in reversed(self.captures)]
        return web.json_response({"items": items, "next": None})

    def _is_open(self, n: int) -> bool:
        return n > self.cursor and n not in self.done

    async def _send(self, socket: web.WebSocketResponse) -> None:
        waiting: set[int] = set()
        place = 0
        while True:
            self.news.clear()
            waiting -= self.done
            while len(waiting) < WINDOW and place < len(self.captures):
                capture = self.captures[place]
                place += 1
                if not self._is_open(capture.n):
                    continue
                waiting.add(capture.n)
                self.tries[capture.n] = self.tries.get(capture.n, 0) + 1
                for text in capture_frames(replace(capture, attempt=self.tries[capture.n])):
                    await socket.send_str(text)
            await self.news.wait()

    async def _receive(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            match msgspec.json.decode(message.data, type=ClientFrame):
                case ListenResult() | ListenFailed() as result:
                    self.results.append(result)
                case ListenAck(n):
                    if self.loses_acks:
                        self.loses_acks -= 1
                        self.cut()
                        return
                    self.acknowledged.append(n)
                    self.done.add(n)
                    self.news.set()
                case ListenDrop(n):
                    self.dropped.append(n)
                    self.done.add(n)
                    self.news.set()


@asynccontextmanager
async def a_server(*captures: ListenCapture) -> AsyncIterator[FakeServer]:
    """A server with these captures."""
    fake = FakeServer(captures=list(captures))
    app = web.Application()
    app.router.add_get(f"/api/v1/bins/{BIN}/listen", fake.handle)
    app.router.add_get("/api/v1/bins", fake.list_bins)
    app.router.add_get(f"/api/v1/bins/{BIN}/captures", fake.list_captures)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


@dataclass
class Program:
    """A local program: the requests that it received, as bytes, and what it answers."""

    url: str = ""
    seen: list[bytes] = field(default_factory=list)
    answers: Callable[[bytes], bytes] = lambda _: OK
    holds: asyncio.Event | None = None
    server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def stop(self) -> None:
        """Nothing listens any more."""
        assert self.server is not None
        self.server.close()

    @property
    def bodies(self) -> list[bytes]:
        return [each.partition(b"\r\n\r\n")[2] for each in self.seen]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")), 0)
        request = head + await reader.readexactly(size)
        self.seen.append(request)
        if self.holds is not None:
            await self.holds.wait()
        writer.write(self.answers(request))
        writer.close()


@asynccontextmanager
async def a_program(port: int = 0) -> AsyncIterator[Program]:
    """A program that listens."""
    program = Program()
    async with await asyncio.start_server(program.talk, "127.0.0.1", port, limit=8 << 20) as server:
        program.server = server
        program.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/sms"
        yield program


def ids(program: Program) -> list[str]:
    """The ids of the events that it received."""
    heads = [request.partition(b"\r\n\r\n")[0].decode("latin-1") for request in program.seen]
    return [line[12:] for head in heads for line in head.split("\r\n") if line.startswith("webhook-id: ")]


def stopping_after(program: Program, count: int) -> Callable[[bytes], bytes]:
    """Nothing listens any more when so many were answered."""

    def answer(_: bytes) -> bytes:
        if len(program.seen) == count:
            program.stop()
        return OK

    return answer


async def start_listening(url: str, state: Path, *arguments: str, token: str) -> Process:
    """`smsbin listen` as a process."""
    here = {"SMSBIN_URL": url, "SMSBIN_ACCESS_TOKEN": token, "XDG_STATE_HOME": str(state)}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "listen", *arguments,
        cwd=ROOT, env=environment(**here), stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe,
    )  # fmt: skip


def client_of(fake: FakeServer) -> Client:
    return Client(root=fake.root, token="t0ken", source="the test")


@dataclass
class Pauses:
    """Takes the place of `asyncio.sleep`: each pause ends at once, except the steps of the watch for sleep."""

    made: list[float] = field(default_factory=list)
    steps: "asyncio.Queue[None]" = field(default_factory=asyncio.Queue)
    before: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, seconds: float) -> None:
        if seconds == 5.0 and not self.made:
            await self.steps.get()
            return
        self.made.append(seconds)
        if self.before is not None:
            await self.before()
        await asyncio.sleep(0)


def target_of(url: str, **more: Any) -> LocalTarget:
    return LocalTarget(**({"url": url, "timeout_s": 10.0} | more))


def address_of(fake: FakeServer, start: int | None = None, **query: str) -> ListenAddress:
    return ListenAddress(client=client_of(fake), bin_id=BIN, query={"name": "laptop"} | query, start=start)


def plan_of(**more: Any) -> SessionPlan:
    return SessionPlan(title="my bin", page_url="https://sms.example/bins/b1n", **more)


@asynccontextmanager
async def running(session: ListenSession) -> AsyncIterator["asyncio.Task[int]"]:
    """The session as a task, which is ended at the end of the block."""
    task = asyncio.ensure_future(session.run())
    try:
        yield task
    finally:
        session.stop(0)
        session.stop(0)
        await asyncio.wait([task])

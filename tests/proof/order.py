"""The order proof: in a trace of every system call, the fdatasync of the log that contains a capture has returned
before the first byte of its 2xx is sent. Deterministic, where a random kill finds an early answer only by chance.

The log is written by a child process; `strace -f` follows it, and the order of lines in one trace is the order of
the kernel. Senders keep their connection or close it, send chunked bodies, and several requests at once.
"""

import asyncio
import re
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.process import Process, answered, request_bytes, serving

from .workers import Pace, work

CALLS = "trace=pwrite64,fdatasync,fsync,recvfrom,recvmsg,read,sendto,sendmsg,write"
CONNECTIONS = 8
# Answers of one server: its trace is some tens of megabytes.
OF_A_SERVER = 1_000
_LOG = "/log.db-wal"
_MARK = re.compile(rb"MARK\d{2}x\d{6}END")
_LINE = re.compile(r"^(\d+)\s+(.*)$")
_FILE = re.compile(r"^\w+\((\d+)<([^>]*)>")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_SENDS = ("sendto", "sendmsg", "write")


@dataclass(slots=True)
class Counts:
    """How many answers were sent after their own sync, and how many before."""

    after: int = 0
    before: int = 0
    servers: int = 0


@dataclass(slots=True)
class _Reader:
    counts: Counts
    written: set[bytes] = field(default_factory=set)
    durable: set[bytes] = field(default_factory=set)
    # The marks that arrived on each connection of a process and are not answered yet.
    asked: dict[str, deque[bytes]] = field(default_factory=dict)
    halves: dict[str, str] = field(default_factory=dict)

    def line(self, text: str) -> None:
        match = _LINE.match(text)
        if not match:
            return
        process, rest = match.groups()
        if rest.endswith("<unfinished ...>"):
            self.halves[process] = rest.removesuffix("<unfinished ...>")
            # A send counts from its start; a write or a sync only when it has returned.
            if rest.startswith(_SENDS):
                self.call(process, rest)
            return
        if rest.startswith("<..."):
            rest = self.halves.pop(process, "") + rest.partition("resumed>")[2]
            if rest.startswith(_SENDS):
                return
        self.call(process, rest)

    def call(self, process: str, text: str) -> None:
        match = _FILE.match(text)
        if not match:
            return
        name, (descriptor, path) = text.partition("(")[0], match.groups()
        path = _plain(path).decode("latin-1") if "\\x" in path else path
        connection = f"{process} {descriptor}"
        data = b"".join(_plain(part) for part in _DATA.findall(text))
        if name == "pwrite64" and path.endswith(_LOG):
            self.written |= set(_MARK.findall(data))
        elif name in ("fdatasync", "fsync") and path.endswith(_LOG) and text.rstrip().endswith("= 0"):
            self.durable |= self.written
        elif name in ("recvfrom", "recvmsg", "read"):
            self.asked.setdefault(connection, deque()).extend(_MARK.findall(data))
        elif name in _SENDS:
            for _ in range(data.count(b"HTTP/1.1 2")):
                self._answered(connection)

    def _answered(self, connection: str) -> None:
        if self.asked.get(connection):
            if self.asked[connection].popleft() in self.durable:
                self.counts.after += 1
            else:
                self.counts.before += 1


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def prove(folder: Path, count: int, counts: Counts, *, module: str = "app") -> None:
    """Trace a server for `count` answers. `module` may be a server with a planted defect."""
    trace = folder / "trace"
    strace = ("strace", "-f", "-y", "-s", "70000", "-xx", "-e", CALLS, "-o", str(trace))
    with serving(folder / "data", before=strace, module=module) as server:
        asked = asyncio.run(_ask(server, count))
        _end_traced(server)
    before = counts.after + counts.before
    reader = _Reader(counts)
    with trace.open() as lines:
        for text in lines:
            reader.line(text.rstrip("\n"))
    counts.servers += 1
    if counts.after + counts.before - before != asked:
        raise RuntimeError(f"of {asked} answers {counts.after + counts.before - before} are in the trace")


def campaign(count: int, seconds: float, *, seed: int = 0, module: str = "app", pace: Pace | None = None) -> Counts:
    """At least this number of answers, unless the time is over before."""
    counts = Counts()
    ends_at = time.monotonic() + seconds
    while counts.after + counts.before < count and time.monotonic() < ends_at:
        with tempfile.TemporaryDirectory(prefix="smsbin-proof-") as folder:
            prove(Path(folder), min(OF_A_SERVER, count), counts, module=module)
        if pace is not None:
            pace.tell(counts.after + counts.before)
    return counts


def _end_traced(server: Process) -> None:
    """The traced server is a child of strace; it is the process to end."""
    import psutil

    for child in psutil.Process(server.popen.pid).children():
        child.terminate()
    server.popen.wait(60)


# The senders


def _kept(key: str, body: bytes) -> tuple[bytes, int]:
    return request_bytes(key, body), 1


def _closed(key: str, body: bytes) -> tuple[bytes, int]:
    return request_bytes(key, body, keep=False), 1


def _chunked(key: str, body: bytes) -> tuple[bytes, int]:
    head = (
        b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" % key.encode()
    )
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), 1


def _three_at_once(key: str, body: bytes) -> tuple[bytes, int]:
    # The last digit of the number distinguishes them.
    positions = [body.replace(b"0END", b"%dEND" % place) for place in range(3)]
    return b"".join(request_bytes(key, mark) for mark in positions), 3


_WAYS: tuple[Callable[[str, bytes], tuple[bytes, int]], ...] = (_kept, _closed, _chunked, _three_at_once)


async def _ask(server: Process, count: int) -> int:
    """Send, and wait for at least this number of answers; returns how many were received."""

    async def one(number: int) -> int:
        way = _WAYS[number % len(_WAYS)]
        done = 0
        connection = None
        while done < count / CONNECTIONS:
            if connection is None:
                connection = await asyncio.open_connection("127.0.0.1", server.port)
            reader, writer = connection
            request, answers = way(server.key, b"Text=MARK%02dx%06dEND" % (number, done * 10))
            writer.write(request)
            for _ in range(answers):
                status, _ = await answered(reader)
                assert status == 200
            done += answers
            if way is _closed:
                writer.close()
                connection = None
        if connection is not None:
            connection[1].close()
        return done

    return sum(await asyncio.gather(*(one(number) for number in range(CONNECTIONS))))


if __name__ == "__main__":
    work(campaign)

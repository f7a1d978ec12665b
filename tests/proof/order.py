"""The order proof: in a trace of every system call, the fdatasync of the log that holds a capture returned before the
first byte of its 2xx was sent. Deterministic, where a random kill finds an early answer only by luck.

The writer is a child process; `strace -f` follows it, and the order of lines in one trace is the order of the kernel.
"""

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.process import Process, answered, request_bytes, serving

CALLS = "trace=pwrite64,fdatasync,fsync,recvfrom,recvmsg,read,sendto,sendmsg,write"
CONNECTIONS = 8
_MARK = re.compile(rb"MARK\d{2}x\d{6}END")
_LINE = re.compile(r"^(\d+)\s+(.*)$")
_FILE = re.compile(r"^\w+\((\d+)<([^>]*)>")
_DATA = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(slots=True)
class Verdict:
    """How many answers left after their own sync, and how many before."""

    after: int = 0
    before: int = 0


@dataclass(slots=True)
class _Reader:
    written: set[bytes] = field(default_factory=set)
    durable: set[bytes] = field(default_factory=set)
    asked: dict[str, set[bytes]] = field(default_factory=dict)
    halves: dict[str, str] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)

    def line(self, text: str) -> None:
        match = _LINE.match(text)
        if not match:
            return
        process, rest = match.groups()
        if rest.endswith("<unfinished ...>"):
            self.halves[process] = rest.removesuffix("<unfinished ...>")
            # A send counts from its start; a write or a sync only when it has returned.
            if rest.startswith(("sendto", "sendmsg", "write")):
                self.call(rest)
            return
        if rest.startswith("<..."):
            rest = self.halves.pop(process, "") + rest.partition("resumed>")[2]
            if rest.startswith(("sendto", "sendmsg", "write")):
                return
        self.call(rest)

    def call(self, text: str) -> None:
        match = _FILE.match(text)
        if not match:
            return
        name, (descriptor, path) = text.partition("(")[0], match.groups()
        path = _plain(path).decode("latin-1") if "\\x" in path else path
        found = _DATA.search(text)
        data = _plain(found[1]) if found else b""
        if name == "pwrite64" and path.endswith("-wal"):
            self.written |= set(_MARK.findall(data))
        elif name in ("fdatasync", "fsync") and path.endswith("-wal"):
            self.durable |= self.written
        elif name in ("recvfrom", "recvmsg", "read") and data.startswith(b"POST"):
            self.asked[descriptor] = set(_MARK.findall(data))
        elif name in ("sendto", "sendmsg", "write") and data.startswith(b"HTTP/1.1 2"):
            for mark in self.asked.pop(descriptor, set()):
                if mark in self.durable:
                    self.verdict.after += 1
                else:
                    self.verdict.before += 1


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def prove(folder: Path, count: int, *, module: str = "app") -> Verdict:
    """Trace a server through `count` answers. `module` may name a server with a planted mistake."""
    trace = folder / "trace"
    strace = ("strace", "-f", "-y", "-s", "70000", "-xx", "-e", CALLS, "-o", str(trace))
    with serving(folder / "data", before=strace, module=module) as server:
        asyncio.run(_ask(server, count))
        _end_traced(server)
    reader = _Reader()
    with trace.open() as lines:
        for text in lines:
            reader.line(text.rstrip("\n"))
    return reader.verdict


def _end_traced(server: Process) -> None:
    """The traced server is strace's child; it is the one to end."""
    import psutil

    for child in psutil.Process(server.popen.pid).children():
        child.terminate()
    server.popen.wait(30)


async def _ask(server: Process, count: int) -> None:
    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for index in range(count // CONNECTIONS):
            writer.write(request_bytes(server.key, b"Text=MARK%02dx%06dEND" % (number, index)))
            status, _ = await answered(reader)
            assert status == 200
        writer.close()

    await asyncio.gather(*(one(number) for number in range(CONNECTIONS)))

"""The server as a process of its own, as a user starts it; in tests it is a fork, which `forking.py` starts."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

ROOT = Path(__file__).parents[1]
TOKEN = "a-token-only-for-tests"


class Started(Protocol):
    """What is used of `subprocess.Popen`."""

    pid: int

    def send_signal(self, number: int) -> None: ...
    def kill(self) -> None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(slots=True)
class Process:
    """A running server: the content of its ready line, and its process."""

    popen: Started
    ready: dict

    @property
    def port(self) -> int:
        return int(self.ready["url"].split(":")[2].split("/")[0])

    @property
    def key(self) -> str:
        return self.ready["urls"]["primary"].rsplit("/", 1)[1]

    @property
    def bin_api(self) -> str:
        return f"{self.ready['url']}api/v1/bins/{self.ready['bin']}"

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def kill_all(self) -> None:
        """As in a power cut: no storage process gets to close its database."""
        self.popen.send_signal(signal.SIGSTOP)
        for child in psutil.Process(self.popen.pid).children(recursive=True):
            child.kill()
        self.kill()

    def stop(self, timeout_s: float = 15) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout_s)


def start_program(arguments: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Started:
    """`python -m app`. `files`: its standard input, output and error stream."""
    return _start([sys.executable, "-m", "app", *arguments], environment, files)


def _start(command: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Started:
    stdin, stdout, stderr = files
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=stdin, stdout=stdout, stderr=stderr)


def environment(**variables: str) -> dict[str, str]:
    """These variables, and those of the tests except smsbin's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SMSBIN_")} | variables


@contextmanager
def serving(
    data: Path, *arguments: str, before: tuple[str, ...] = (), module: str = "app", log: Path = Path(os.devnull),
    token: str | None = TOKEN,
) -> Iterator[Process]:  # fmt: skip
    """Start on a free port; the process is always gone afterwards. `before` wraps the command. `token`: None to have
    one generated."""
    given = ["--port", "0", "--data-dir", str(data), *arguments]
    around = environment() if token is None else environment(SMSBIN_ACCESS_TOKEN=token)
    ours, theirs = os.pipe()
    with os.fdopen(ours) as stdout:
        with log.open("a") as stderr, os.fdopen(theirs, "wb") as out, Path(os.devnull).open() as stdin:
            files = [stdin.fileno(), out.fileno(), stderr.fileno()]
            if before or module != "app":
                popen = _start([*before, sys.executable, "-m", module, *given], around, files)
            else:
                popen = start_program(given, around, files)
        try:
            yield Process(popen, json.loads(stdout.readline()))
        finally:
            if popen.poll() is None:
                popen.kill()
                popen.wait()


def request_bytes(key: str, body: bytes = b"Text=hi", *, keep: bool = True) -> bytes:
    """A form post to a capture URL."""
    connection = b"" if keep else b"Connection: close\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    head = b"POST /%s HTTP/1.1\r\nHost: x\r\n%s%sContent-Length: %d\r\n\r\n"
    return head % (key.encode(), form, connection, len(body)) + body


async def answered(reader: asyncio.StreamReader) -> tuple[int, int | None]:
    """Status and number of the next answer on a connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    await reader.readexactly(int(fields.get("content-length", "0")))
    number = fields.get("x-capture")
    return int(lines[0].split()[1]), int(number) if number else None

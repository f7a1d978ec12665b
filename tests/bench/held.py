"""A thousand answers that are held back on one bin, and their effect on other captures."""

import json
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.process import TOKEN, Process, request_bytes

HELD = 1_000


def call(server: Process, method: str, path: str, value: object) -> dict:
    """One call of the API."""
    request = urllib.request.Request(
        f"{server.ready['url']}api/v1/{path}",
        method=method,
        data=json.dumps(value).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"{}")


def another_bin(server: Process) -> str:
    """Its capture path."""
    return "/" + call(server, "POST", "bins", {})["urls"]["primary"].rsplit("/", 1)[1]


@contextmanager
def holding(server: Process) -> Iterator[None]:
    """As many as one bin may hold, all of them stored and waiting."""
    call(server, "PUT", f"bins/{server.ready['bin']}/faults/primary", {"kind": "hold", "seconds": 120})
    senders = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(HELD)]
    try:
        for sender in senders:
            sender.sendall(request_bytes(server.key))
        while _waiting(server) < HELD:
            time.sleep(0.05)
        yield
    finally:
        for sender in senders:
            sender.close()


def _waiting(server: Process) -> float:
    request = urllib.request.Request(f"{server.ready['url']}metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("smsbin_answers_waiting "))

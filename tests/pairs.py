"""Requests of one message on its two URLs, with outcomes that a test sets, written directly to the store, so that
fifteen seconds of waiting take no time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app import clock, keys
from app.domain.captures import FaultHit, NewCapture, NewOutcome, Outcome, RawRequest, write_lines
from app.domain.roles import Role

from .conftest import Running

OURS, THEIRS = "+19495550142", "+14155550107"
TAKEN = Outcome(status=200, after_ms=4)
FAILED = Outcome(status=500, after_ms=3)
HUNG_UP = Outcome(sender_left=True, left_ms=15_003)
HOLD = FaultHit(fault="f1", kind="hold", said="hold 16 s")


def fields_of(server: Running, role: Role, text: str, sid: str) -> dict[str, str]:
    """As Ytel sends it; it contains the URL and the method."""
    url = f"https://sms.example.net/{server.bin.key}" + ("/fallback" if role is Role.FALLBACK else "")
    return {
        "From": THEIRS, "To": OURS, "Text": text, "MessageSid": sid, "Status": "received", "Action": url,
        "Method": "POST",
    }  # fmt: skip


async def hit(
    server: Running,
    role: Role,
    outcome: Outcome | None,
    *,
    at: datetime,
    text: str = "hello from the front desk",
    sid: str = "9d3e-66e4",
    method: str = "POST",
    fault: FaultHit | None = None,
    more: Mapping[str, str] | None = None,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> int:
    """One request and its outcome (None: it is still held back). Returns its number."""
    body = urlencode(fields_of(server, role, text, sid) | {"Method": method} | dict(more or {}))
    path = f"/{server.bin.key}" + ("" if role is Role.PRIMARY else f"/{role.value}")
    raw = RawRequest(
        method=method,
        target=f"{path}?{body}" if method == "GET" else path,
        http_version="1.1",
        head=write_lines(((b"Content-Type", b"application/x-www-form-urlencoded"), *headers)),
        body=b"" if method == "GET" else body.encode(),
        body_complete=True,
        peer="192.0.2.1",
        received_at=at,
    )
    store, bin_id = server.app[keys.STORE], server.bin.id
    new = NewCapture(bin_id=bin_id, role=role, raw=raw, provider=server.bin.provider, fault=fault)
    n = await store.add_capture(new)
    if outcome is not None:
        await settle(server, n, outcome)
    return n


async def settle(server: Running, n: int, outcome: Outcome) -> None:
    """An answer that was held back is sent."""
    server.app[keys.STORE].note_outcome(NewOutcome(server.bin.id, n, outcome))


async def timed_out(server: Running, **more: Any) -> tuple[int, int]:
    """Held back for 15 s until the sender disconnected; 15.206 s later the fallback got it, by GET. Returns their
    numbers."""
    at = clock.now() - timedelta(minutes=5)
    primary = await hit(server, Role.PRIMARY, HUNG_UP, at=at, fault=HOLD, **more)
    later = at + timedelta(milliseconds=15_206)
    return primary, await hit(server, Role.FALLBACK, TAKEN, at=later, method="GET", **more)


async def failed(server: Running, **more: Any) -> tuple[int, int]:
    """Answered 500; 2.1 s later the fallback got it. Returns their numbers."""
    at = clock.now() - timedelta(minutes=4)
    primary = await hit(server, Role.PRIMARY, FAILED, at=at, **more)
    return primary, await hit(server, Role.FALLBACK, TAKEN, at=at + timedelta(milliseconds=2_100), **more)


async def lost(server: Running, **more: Any) -> int:
    """Answered 500, long ago, without a fallback. Returns its number."""
    at = clock.now() - timedelta(minutes=3)
    return await hit(server, Role.PRIMARY, FAILED, at=at, **more)


async def taken(server: Running, **more: Any) -> int:
    """The usual case. Returns its number."""
    return await hit(server, Role.PRIMARY, TAKEN, at=clock.now(), **more)

"""Small makers of what the store takes."""

from datetime import datetime, timedelta

from app import clock
from app.domain.bins import Bin, NewBin
from app.domain.captures import Kind, NewCapture, RawRequest, Reading, Role
from app.storage import Store


async def a_bin(store: Store, **values: object) -> Bin:
    return await store.add_bin(
        NewBin(**{"id": clock.new_id(), "key": clock.new_key(), "created_at": clock.now()} | values)
    )


def a_raw(body: bytes = b"Text=hi", received_at: datetime | None = None, **values: object) -> RawRequest:
    defaults = {
        "method": "POST",
        "target": "/0123456789abcdef?a=1",
        "http_version": "1.1",
        "headers": ((b"X-b", b"1"), (b"x-A", b"2"), (b"X-b", b"\xff"), (b"Content-Type", b"text/plain")),
        "body": body,
        "body_complete": True,
        "peer": "192.0.2.7",
        "received_at": received_at or clock.now(),
    }
    return RawRequest(**defaults | values)


def a_capture(bin: Bin, role: Role = Role.PRIMARY, **values: object) -> NewCapture:
    reading = Reading(provider="generic", kind=Kind.INBOUND, sender="+14155550123", text="hi", status="received")
    return NewCapture(bin_id=bin.id, role=role, raw=a_raw(**values), reading=reading)


def days_ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)

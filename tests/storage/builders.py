"""Builders of the store's inputs."""

from datetime import datetime, timedelta

import msgspec

from app import clock
from app.domain.bins import Bin, NewBin
from app.domain.captures import FaultHit, NewCapture, RawRequest, Reading, write_lines
from app.domain.events import Event
from app.domain.roles import Role
from app.store import Store

from .scripted import TYPE, Script

FORM = b"From=%2B14155550123&To=%2B14155550100&Text=hi"


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
    values = defaults | values
    return RawRequest(head=write_lines(values.pop("headers")), **values)


def a_capture(bin: Bin, role: Role = Role.PRIMARY, **values: object) -> NewCapture:
    return NewCapture(bin_id=bin.id, role=role, raw=a_raw(**values))


def reading_of(*events: Event, provider: str = "ytel", **more: object) -> Reading:
    """A reading with these events."""
    first = events[0]
    values = {
        "provider": provider, "kind": first.kind, "message_id": first.message_id, "sender": first.sender,
        "recipient": first.recipient, "text": first.text, "raw_status": first.raw_status, "events": events,
        "status": None if first.status is None else first.status.value, "words": first.text or "",
    }  # fmt: skip
    return Reading(**values | more)


def scripted(reading: Reading, *, salt: str = "", trouble: str = "", **values: object) -> RawRequest:
    """A request whose reading is this one. Two of them without a salt are identical."""
    body = msgspec.msgpack.encode(Script(reading, salt, trouble))
    return a_raw(**{"body": body, "headers": ((b"Content-Type", TYPE),), "target": "/0123456789abcdef"} | values)


def stating(
    bin: Bin, role: Role, *events: Event, at: datetime | None = None, salt: str | None = None,
    fault: FaultHit | None = None, method: str = "POST", **more: object,
) -> NewCapture:  # fmt: skip
    """A capture with these events, different from every other one unless it has a salt."""
    raw = scripted(
        reading_of(*events, **more), salt=clock.new_id() if salt is None else salt, received_at=at or clock.now(),
        method=method,
    )  # fmt: skip
    return NewCapture(bin_id=bin.id, role=role, raw=raw, fault=fault)


def days_ago(days: float) -> datetime:
    return clock.now() - timedelta(days=days)


async def sweep(store: Store, retention: timedelta, now: datetime | None = None) -> int:
    """Delete what is older than the retention, in as many steps as that takes; returns the number of captures."""
    removed, after = 0, 0
    while True:
        result = await store.sweep(now or clock.now(), retention, after)
        removed += result.removed
        if result.next is None:
            return removed
        after = result.next

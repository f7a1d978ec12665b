"""The output of `smsbin listen`: a line, or JSON, for each delivery; with `--print` the request and the response."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import click
import msgspec

from ...domain.captures import read_lines
from ...domain.curl import SECRET_HEADERS
from ...domain.listening import MAX_RESULT, Pairs, as_pairs, summary_line
from ...domain.replays import Trigger, without_secrets
from ...domain.units import rfc3339
from ..terminal import as_json, has_colours, print_line, visible
from .delivering import LocalDelivery

_MASK = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """`hidden`: names of headers whose values are not shown, in lower case, besides those of credentials."""

    is_json: bool = False
    prints_all: bool = False
    hidden: frozenset[str] = frozenset()

    def show(self, delivery: LocalDelivery) -> None:
        """Print a delivery."""
        if self.is_json:
            print_line(as_json(self._fields(delivery)))
            return
        print_line(_line(delivery, colours=has_colours()))
        if self.prints_all:
            for line in self._everything(delivery):
                print_line(f"    {visible(line)}".rstrip())

    def _fields(self, delivery: LocalDelivery) -> dict[str, Any]:
        capture = delivery.capture
        fields: dict[str, Any] = {
            "n": capture.n, "event": delivery.event, "received_at": rfc3339(capture.received_at),
            "role": capture.role.value, "method": capture.method, "url": without_secrets(delivery.url),
            "summary": _summary(delivery),
            "attempt": capture.attempt, "trigger": delivery.trigger.value, "simulated": capture.simulated,
            "status": delivery.status, "ms": delivery.ms, "error": delivery.error, "page_url": capture.page_url,
        }  # fmt: skip
        if self.prints_all:
            _, headers, body = _parts(delivery.sent)
            fields["request"] = {"headers": list(self._masked(headers)), "body": base64.b64encode(body).decode()}
            answer = base64.b64encode(delivery.body[:MAX_RESULT]).decode()
            fields["response"] = {"headers": list(self._masked(delivery.headers)), "body": answer}
        return fields

    def _everything(self, delivery: LocalDelivery) -> Iterator[str]:
        if delivery.sent:
            line, headers, body = _parts(delivery.sent)
            yield f"> {line}"
            yield from (f"> {name}: {value}" for name, value in self._masked(headers))
            yield from _body_lines(body)
        if delivery.status is not None:
            yield f"< {delivery.status}"
            yield from (f"< {name}: {value}" for name, value in self._masked(delivery.headers))
            yield from _body_lines(delivery.body[:MAX_RESULT])

    def _masked(self, headers: Pairs) -> Iterable[tuple[str, str]]:
        for name, value in headers:
            lower = name.lower()
            is_secret = lower in self.hidden or lower.encode("latin-1") in SECRET_HEADERS or lower == "set-cookie"
            yield name, _MASK if is_secret else value


def report(text: str) -> None:
    """Print a line about the progress."""
    click.echo(f"smsbin: {visible(text)}", err=True)


def _parts(sent: bytes) -> tuple[str, Pairs, bytes]:
    """Request line, headers and body of a request as it was sent."""
    head, _, body = sent.partition(b"\r\n\r\n")
    line, _, lines = head.partition(b"\r\n")
    return line.decode("latin-1"), as_pairs(read_lines(lines + b"\r\n")), body


def _body_lines(body: bytes) -> Iterator[str]:
    if body:
        yield ""
        yield from body.decode("utf-8", "backslashreplace").splitlines()
    yield ""


def _line(delivery: LocalDelivery, *, colours: bool) -> str:
    def paint(text: str, **style: Any) -> str:
        return click.style(text, **style) if colours and text else text

    capture = delivery.capture
    again = f"attempt {capture.attempt}" if capture.attempt > 1 else ""
    parts = [
        paint(f"{capture.received_at.astimezone():%H:%M:%S}", dim=True),
        paint(f"#{capture.n}" if delivery.event is None else f"#{capture.n}.{delivery.event}", bold=True),
        f"{capture.role:<8}",
        visible(_summary(delivery)),
        visible(capture.method),
        paint(_result(delivery), fg="green" if delivery.is_ok else "red"),
        paint("replay" if delivery.trigger is Trigger.MANUAL else again, fg="yellow"),
    ]
    return "  ".join(part for part in parts if part)


class _EventFields(msgspec.Struct):
    kind: str
    sender: str | None = msgspec.field(name="from")
    recipient: str | None = msgspec.field(name="to")
    text: str | None
    raw_status: str | None
    status: str | None


class _EventBody(msgspec.Struct):
    data: _EventFields


def _summary(delivery: LocalDelivery) -> str:
    """What was delivered, in a few words; that of the capture if it is not an event that this version can read."""
    capture, event = delivery.capture, delivery.event
    if event is None or event >= len(capture.events):
        return capture.summary
    try:
        data = msgspec.json.decode(capture.events[event], type=_EventBody).data
    except msgspec.DecodeError:
        return capture.summary
    return summary_line(data.kind, data.sender, data.recipient, data.text or data.raw_status or data.status or "")


def _result(delivery: LocalDelivery) -> str:
    took = f"{delivery.ms:,} ms"
    if delivery.status is None:
        return visible(f"{delivery.error} after {took}")
    deadline_ms = delivery.capture.deadline_ms
    late = ", after the provider had stopped waiting" if deadline_ms is not None and delivery.ms > deadline_ms else ""
    return f"{delivery.status} in {took}{late}" + ("" if delivery.is_ok else " (not 2xx)")

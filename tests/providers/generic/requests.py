"""Requests of gateways without a data sheet, and what is expected of them.

A request is a form, or a query with "?", or JSON, or XML, in the shape of the gateway's public documentation, with
made-up values.
"""

from typing import NamedTuple

IN, OUT = "inbound", "status"


class Expected(NamedTuple):
    """One event."""

    kind: str
    sender: str = ""
    recipient: str = ""
    text: str = ""
    message_id: str = ""
    status: str = ""


class Request(NamedTuple):
    """One request; `to`: the URL, "sms" or "status". `also`: further events."""

    gateway: str
    to: str
    content: str
    expected: Expected
    also: tuple[Expected, ...] = ()


def received(sender: str = "", recipient: str = "", text: str = "", message_id: str = "") -> Expected:
    return Expected(IN, sender, recipient, text, message_id, "received")


def reported(recipient: str = "", message_id: str = "", status: str = "", sender: str = "", text: str = "") -> Expected:
    return Expected(OUT, sender, recipient, text, message_id, status)

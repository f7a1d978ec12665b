"""Gateways without a data sheet are read by the names that they have in common."""

import pytest

from app.domain.captures import RawRequest
from app.domain.events import Event
from app.domain.roles import Role
from app.providers import recognise
from tests.storage.builders import a_raw

from .gateways import FORMS, XMLS
from .gateways_in_json import JSONS
from .requests import Expected, Request

REQUESTS = (*FORMS, *JSONS, *XMLS)

FORM, JSON, XML = b"application/x-www-form-urlencoded", b"application/json", b"application/xml"


def _raw(request: Request) -> RawRequest:
    if request.content.startswith("?"):
        return a_raw(b"", target="/k" + request.content)
    label = FORM if request in FORMS else XML if request in XMLS else JSON
    return a_raw(request.content.encode(), headers=((b"Content-Type", label),))


def _told(event: Event) -> Expected:
    made = event.message_id.startswith("made-")
    return Expected(
        event.kind.value, event.sender or "", event.recipient or "", event.text or "", "" if made else event.message_id,
        "" if event.status is None else event.status.value,
    )  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: f"{each.gateway} {each.to} {each.content[:24]}")
def test_a_gateway_without_a_sheet_is_read(request_: Request) -> None:
    reading = recognise(_raw(request_), Role.STATUS if request_.to == "status" else Role.PRIMARY)
    assert reading.provider == "generic"
    assert tuple(map(_told, reading.events)) == (request_.expected, *request_.also)

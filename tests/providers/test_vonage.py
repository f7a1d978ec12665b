"""Vonage: the reversed sense of receipts, parts of long messages, two APIs that look different."""

import json
from urllib.parse import urlencode

import pytest

from app.domain.captures import RawRequest
from app.domain.events import Piece
from app.domain.roles import Kind, Role
from app.providers import recognise, why
from tests.storage.builders import a_raw

JSON = ((b"Content-Type", b"application/json"),)


def _get(**fields: str) -> RawRequest:
    return a_raw(
        b"", headers=(), target="/k?" + urlencode({name.replace("_", "-"): said for name, said in fields.items()})
    )


def _json(**fields: object) -> RawRequest:
    return a_raw(json.dumps(fields).encode(), headers=JSON)


def test_the_sense_of_a_receipt_is_reversed() -> None:
    raw = _get(msisdn="447700900163", to="447700900142", messageId="m", status="delivered", err_code="0")
    event = recognise(raw, Role.STATUS).events[0]
    assert (event.sender, event.recipient) == ("+447700900142", "+447700900163")
    assert (event.sender_said, event.recipient_said) == ("447700900142", "447700900163")


@pytest.mark.parametrize("role", list(Role)[:3])
def test_a_receipt_is_one_wherever_it_comes_to(role: Role) -> None:
    raw = _get(msisdn="447700900163", to="ACME", messageId="m", status="expired", err_code="2")
    assert recognise(raw, role).kind is Kind.STATUS


@pytest.mark.parametrize(("role", "kind"), [(Role.PRIMARY, Kind.INBOUND), (Role.STATUS, Kind.STATUS)])
def test_where_content_says_nothing_the_url_decides(role: Role, kind: Kind) -> None:
    assert recognise(_get(msisdn="447700900163", to="447700900142", messageId="m"), role, "vonage").kind is kind


def test_the_parts_of_a_long_message_keep_their_own_ids() -> None:
    parts = [
        recognise(
            _json(
                msisdn="447700900163", to="447700900142", messageId=f"m{n}", text=f"part {n}", keyword="PART",
                concat="true", **{"concat-ref": "108", "concat-total": "2", "concat-part": n},
            ),
            Role.PRIMARY,
        ).events[0]
        for n in (1, 2)
    ]  # fmt: skip
    assert [(part.message_id, part.text, part.piece) for part in parts] == [
        ("m1", "part 1", Piece("108", 1, 2)),
        ("m2", "part 2", Piece("108", 2, 2)),
    ]


@pytest.mark.parametrize(
    ("part", "total"), [("0", "2"), ("3", "2"), ("x", "2"), ("1", ""), ("1", "256"), ("1", "99999")]
)
def test_a_part_that_cannot_be_is_none(part: str, total: str) -> None:
    raw = _get(
        msisdn="4477", messageId="m", text="t", keyword="T", concat_ref="1", concat_part=part, concat_total=total
    )
    assert recognise(raw, Role.PRIMARY).events[0].piece is None


def test_the_carriers_time_is_not_read_because_its_zone_varies() -> None:
    raw = _get(msisdn="447700900163", to="ACME", messageId="m", status="delivered", scts="2407110920")
    assert recognise(raw, Role.STATUS).events[0].said_at is None


@pytest.mark.parametrize(("code", "told"), [("0", None), ("000", None), ("", None), ("6", "6")])
def test_no_error_has_no_code(code: str, told: str | None) -> None:
    raw = _get(msisdn="447700900163", to="ACME", messageId="m", status="failed", err_code=code)
    assert recognise(raw, Role.STATUS).events[0].error_code == told


def test_the_messages_api_has_the_usual_sense() -> None:
    event = recognise(
        _json(message_uuid="u", channel="sms", **{"to": "447700900163", "from": "447700900142"}, status="submitted"),
        Role.PRIMARY,
    ).events[0]
    assert (event.kind, event.sender, event.recipient) == (Kind.STATUS, "+447700900142", "+447700900163")
    assert (event.status, event.final) == ("sent", False)


def test_msisdn_alone_is_nobodys_mark() -> None:
    assert why(_get(msisdn="447700900163", text="hi"), "vonage") is None

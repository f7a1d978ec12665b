"""The messages of a request: which object is one, what its id is, and that values of two never mix."""

import json
import random
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.events import Event
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import generic, recognise
from app.providers.kit.bounds import MAX_EVENTS
from app.providers.kit.glance import Glance
from tests.providers.requests import RECEIVED_AT
from tests.storage.builders import a_raw

JSON, FORM, XML = b"application/json", b"application/x-www-form-urlencoded", b"application/xml"
THEM, US = "+14155550123", "+19495550142"


def _json(body: object, role: Role = Role.PRIMARY) -> tuple[Event, ...]:
    raw = a_raw(json.dumps(body).encode(), RECEIVED_AT, headers=((b"Content-Type", JSON),))
    return generic.read(Glance(raw), role)


def _form(role: Role = Role.PRIMARY, **fields: str) -> tuple[Event, ...]:
    raw = a_raw(urlencode(fields).encode(), RECEIVED_AT, headers=((b"Content-Type", FORM),))
    return generic.read(Glance(raw), role)


def _ids(events: tuple[Event, ...]) -> list[str]:
    return [event.message_id for event in events]


@pytest.mark.parametrize(
    "body",
    [
        {"contact": {"id": "c"}, "message": {"id": "m", "from": THEM, "to": US, "text": "hi"}},
        {"id": "event", "data": {"id": "m", "from": THEM, "to": US, "text": "hi"}},
        {"id": "m", "conversation": {"id": "c", "contact": {"id": "x", "phone_number": THEM}}, "body": "hi"},
        {"id": "event", "data": {"message": {"id": "m", "text": "hi"}, "from": THEM, "to": US}},
        {"data": {"id": "m", "from": THEM, "attachments": [{"id": "a"}], "body": "hi"}},
        {"id": "event", "messageId": "m", "user": {"id": "u"}, "channel": {"id": "ch"}, "text": "hi", "from": THEM},
    ],
)
def test_the_id_is_that_of_the_message(body: object) -> None:
    assert _ids(_json(body)) == ["m"]


def test_the_status_is_that_of_the_message() -> None:
    body = {"conversation": {"status": "active"}, "status": "delivered", "message": {"id": "m", "to": THEM}}
    assert [event.raw_status for event in _json(body, Role.STATUS)] == ["delivered"]


def test_the_source_of_an_event_is_no_sender() -> None:
    cloud = {"specversion": "1.0", "source": "gateway", "id": "e", "data": {"id": "m", "to": US, "text": "hi"}}
    bridge = {"detail-type": "x", "source": "aws.sms-voice", "id": "e", "detail": {"messageId": "m", "to": US}}
    assert [event.sender for body in (cloud, bridge) for event in _json(body)] == [None, None]
    assert [event.sender for event in _form(source="14155550123", text="hi")] == [THEM]
    assert [event.sender for event in _form(source="/v1/messages", text="hi")] == [None]


def test_a_bare_number_is_the_sender_of_an_inbound_message_and_the_recipient_of_a_status() -> None:
    for name in ("phoneNumber", "msisdn", "mobile"):
        (inbound,) = _form(**{name: THEM, "text": "hi"})
        (status,) = _form(Role.STATUS, **{name: THEM, "id": "m", "status": "sent"})
        assert (inbound.sender, inbound.recipient) == (THEM, None)
        assert (status.sender, status.recipient) == (None, THEM)


def test_a_number_beside_that_of_a_contact_is_the_own_one() -> None:
    (event,) = _form(contact_number=THEM, brand_number=US, text="hi")
    assert (event.sender, event.recipient) == (THEM, US)
    (event,) = _form(**{"from": THEM}, brand_number=US, text="hi")
    assert (event.sender, event.recipient) == (THEM, None)


def test_in_a_callback_with_the_other_party_and_to_the_latter_is_the_sender() -> None:
    (event,) = _form(Role.STATUS, msisdn="14155550123", to="BRAND", id="m", status="delivered")
    assert (event.sender, event.recipient) == ("BRAND", THEM)
    (event,) = _form(Role.STATUS, msisdn="14155550123", to=THEM, id="m", status="delivered")
    assert (event.sender, event.recipient) == (None, THEM)


@pytest.mark.parametrize(
    ("fields", "role", "kind"),
    [
        ({"direction": "inbound", "status": "delivered", "text": "hi"}, Role.STATUS, Kind.INBOUND),
        ({"direction": "outbound", "status": "received", "text": "hi"}, Role.PRIMARY, Kind.STATUS),
        ({"event": "message.received", "text": "hi"}, Role.STATUS, Kind.INBOUND),
        ({"status": "delivered", "text": "hi", "from": THEM}, Role.PRIMARY, Kind.STATUS),
        ({"status": "received", "text": "hi"}, Role.STATUS, Kind.INBOUND),
        ({"status": "success", "text": "hi"}, Role.PRIMARY, Kind.INBOUND),
        ({"status": "1", "text": "hi"}, Role.PRIMARY, Kind.INBOUND),
        ({"status": "1", "message_id": "m"}, Role.PRIMARY, Kind.STATUS),
        ({"text": "hi"}, Role.STATUS, Kind.STATUS),
        ({"direction": "inbound", "text": "hi"}, Role.VOICE, Kind.VOICE),
    ],
)
def test_the_direction_beats_the_word_and_the_word_beats_the_url(
    fields: dict[str, str], role: Role, kind: Kind
) -> None:
    assert [event.kind for event in _form(role, **fields)] == [kind]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "evt", "type": "charge.succeeded", "data": {"object": {"id": "ch", "status": "succeeded"}}},
        {"id": "evt", "type": "payment.received"},
        {"id": 7, "status": "failed", "job": "build"},
    ],
)
def test_a_webhook_about_something_else_is_no_message(body: object) -> None:
    assert [event.kind for event in _json(body)] == [Kind.OTHER]


def test_an_address_on_the_network_is_no_number() -> None:
    assert [event.sender for event in _form(address="192.168.100.200", text="hi")] == [None]
    assert [event.sender for event in _form(phone="+1 (415) 555-0123", text="hi")] == [THEM]
    assert [event.sender for event in _form(contact="Anna Smith", mobile="tel:+14155550123", text="hi")] == [THEM]


def test_only_the_url_leaves_open_whether_a_message_is_outbound() -> None:
    assert [event.as_callback is None for event in _form(status="success", text="hi")] == [False]
    assert [event.as_callback is None for event in _form(status="success", text="hi", direction="in")] == [True]


def test_a_code_has_no_status_and_no_finding() -> None:
    raw = a_raw(b"id=m&status=8", headers=((b"Content-Type", FORM),))
    reading = recognise(raw, Role.STATUS)
    assert (reading.status, reading.raw_status, reading.findings) == (None, "8", ())
    raw = a_raw(b"id=m&status=Zapped", headers=((b"Content-Type", FORM),))
    assert recognise(raw, Role.STATUS).findings == ("unknown_status",)


def test_success_is_delivered_only_in_a_report_by_the_network() -> None:
    fields = {"id": "m", "phoneNumber": THEM, "status": "Success"}
    (request,), (report,) = _form(Role.STATUS, **fields), _form(Role.STATUS, **fields, networkCode="63902")
    assert (request.status, request.final) == (Status.SENT, False)
    assert (report.status, report.final, report.raw_status) == (Status.DELIVERED, True, "Success")


def test_a_word_that_is_known_is_used_before_a_code() -> None:
    (event,) = _form(Role.STATUS, id="m", status="03", statusMessage="Delivered", statusDetail="120")
    assert (event.raw_status, event.status) == ("Delivered", "delivered")
    (event,) = _form(Role.STATUS, id="m", status="03", statusMessage="Your message arrived")
    assert (event.raw_status, event.status) == ("03", None)


def test_what_is_outside_of_a_list_is_shared_but_for_ids_and_states() -> None:
    items = [{"text": "a"}, {"text": "b", "from": "+14155550124"}]
    body = {"id": "event", "status": "ok", "from": THEM, "to": US, "messages": items}
    first, second = _json(body)
    assert [(event.sender, event.recipient) for event in (first, second)] == [(THEM, US), ("+14155550124", US)]
    assert "event" not in (first.message_id, second.message_id)
    assert first.raw_status is None


def test_the_only_item_of_a_list_has_the_id_that_is_outside() -> None:
    assert _ids(_json({"id": "m", "messages": [{"text": "a", "from": THEM}]})) == ["m"]


@pytest.mark.parametrize("name", ["recipients", "attempts", "contents", "tags"])
def test_another_list_is_a_part_of_one_message(name: str) -> None:
    body = {"id": "m", "from": THEM, "text": "hi", name: [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]}
    assert _ids(_json(body)) == ["m"]


def test_a_list_without_messages_leaves_those_outside() -> None:
    assert _ids(_json({"id": "m", "to": THEM, "status": "sent", "events": [{"at": 1}, {"at": 2}]}, Role.STATUS)) == [
        "m"
    ]
    assert _json([{"x": 1}, {"x": 2}]) == ()


def test_repeated_elements_of_xml_are_messages() -> None:
    body = (
        "<r><msg><to>14155550123</to><id>a</id></msg><msg><id>b</id><to>14155550124</to></msg><msg><id>c</id></msg></r>"
    )
    events = generic.read(Glance(a_raw(body.encode(), headers=((b"Content-Type", XML),))), Role.STATUS)
    assert [(event.message_id, event.recipient) for event in events] == [("a", THEM), ("b", "+14155550124")]


def test_an_empty_sms_has_a_text_and_null_is_none() -> None:
    assert [event.text for event in _json([{"from": THEM, "text": ""}, {"from": THEM, "text": None}])] == ["", None]
    assert [event.text for event in _json({"from": THEM, "text": "", "content": "hi"})] == ["hi"]


@pytest.mark.parametrize(("count", "read"), [(MAX_EVENTS, MAX_EVENTS), (MAX_EVENTS + 1, MAX_EVENTS)])
def test_so_many_messages_of_one_request_are_read(count: int, read: int) -> None:
    items = [{"id": f"m-{n}", "to": THEM, "status": "sent", "a": 1, "b": 2} for n in range(count)]
    events = _json({"results": items}, Role.STATUS)
    assert len(set(_ids(events))) == len(events) == read


def test_a_made_id_is_that_of_the_time_in_the_body() -> None:
    fields = {"from": THEM, "to": US, "text": "YES"}
    for stamp in ("2026-11-28T21:00:00Z", "1795899641377", "Sat Nov 28 2026 21:00:00 GMT+0000 (UTC)"):
        assert _ids(_form(**fields, time=stamp)) == _ids(_form(**fields, time=stamp, other="x"))
        assert _ids(_form(**fields, time=stamp)) != _ids(_form(**fields, time=stamp[:-2] + "9"))


def test_a_day_is_no_time() -> None:
    raw = a_raw(b"from=%2B14155550123&text=YES&date=20260418", headers=((b"Content-Type", FORM),))
    later = a_raw(raw.body, raw.received_at.replace(microsecond=7), headers=((b"Content-Type", FORM),))
    assert _ids(generic.read(Glance(raw), Role.PRIMARY)) != _ids(generic.read(Glance(later), Role.PRIMARY))


@pytest.mark.parametrize(
    ("body", "status", "raw_status"),
    [
        ({"statuses": [{"status": "Delivered", "count": 2}, {"status": "Rejected", "count": 1}]}, None, None),
        (
            {"statuses": [{"status": "Delivered", "count": 2}, {"status": "Delivered", "count": 1}]},
            "delivered",
            "Delivered",
        ),
        ({"status": "Delivered", "statusCode": 4}, "delivered", "Delivered"),
        ({"status": 4}, None, "4"),
    ],
)
def test_a_request_without_a_message_has_a_status_only_where_it_has_one(
    body: object, status: str | None, raw_status: str | None
) -> None:
    raw = a_raw(json.dumps(body).encode(), headers=((b"Content-Type", JSON),))
    reading = recognise(raw, Role.STATUS)
    assert (reading.events, reading.status, reading.raw_status) == ((), status, raw_status)


PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
_FIELDS = ("id", "from", "to", "text", "status", "msisdn", "message_id", "direction", "phone_number")


@st.composite
def _items(draw: st.DrawFn) -> list[dict[str, str]]:
    """Messages with values that say where they belong."""
    count = draw(st.integers(1, 8))
    names = [draw(st.lists(st.sampled_from(_FIELDS), min_size=1, unique=True)) for _ in range(count)]
    return [
        {name: f"{1_415_555_0000 + n}{position}" for position, name in enumerate(each)} for n, each in enumerate(names)
    ]


@PATIENT
@given(_items(), st.sampled_from(["", "messages", "results"]), st.sampled_from(list(Role)))
def test_values_of_two_items_never_mix(items: list[dict[str, str]], wrapper: str, role: Role) -> None:
    for event in _json({wrapper: items} if wrapper else items, role):
        said = {event.sender_said, event.recipient_said, event.text, event.raw_status}
        if not event.message_id.startswith("made-"):
            said.add(event.message_id)
        assert len({value[:11] for value in said if value}) <= 1


@PATIENT
@given(_items(), st.randoms(use_true_random=False), st.sampled_from(list(Role)))
def test_the_order_of_a_list_is_that_of_its_events(
    items: list[dict[str, str]], dice: random.Random, role: Role
) -> None:
    shuffled = list(items)
    dice.shuffle(shuffled)
    one, other = _json({"results": items}, role), _json({"results": shuffled}, role)
    assert sorted(map(str, one)) == sorted(map(str, other))


_LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.sampled_from(["sent", "in", THEM])
)
_NAMES = st.sampled_from(
    [*_FIELDS, "data", "messages", "contact", "conversation", "results", "0", "", ".", "type", "ts"]
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_NAMES, inner, max_size=6)),
    max_leaves=40,
)


@PATIENT
@given(_TREES, st.sampled_from(list(Role)))
def test_no_json_makes_it_raise(body: object, role: Role) -> None:
    for event in _json(body, role):
        assert event.message_id


@PATIENT
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=12)), max_size=8), st.sampled_from(list(Role)))
def test_no_names_of_a_form_make_it_raise(pairs: list[tuple[str, str]], role: Role) -> None:
    body = urlencode([(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in pairs])
    generic.read(Glance(a_raw(body.encode(), headers=((b"Content-Type", FORM),))), role)

"""Parsing by the field mapping of a bin: what the user has set is used, and nothing that is sent or set raises."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.captures import RawRequest, Reading
from app.domain.mappings import MAX_ADDRESSES, MEANINGS, FieldMapping, MappedFields, write_mapping
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import facts_of, recognise
from app.providers.custom import CustomReader, custom_reader, suggest
from app.providers.kit.bounds import MAX_MEDIA
from app.providers.kit.glance import Glance
from tests.parsing.support import FORM, JSON, XML, request

from .test_anything import HEADERS, JSONS, PATIENT, ROLES

FIELDS = {"from": "who", "to": "whom", "text": "what", "id": "ref", "status": "state"}


def a_reader(fields: dict[str, object] = FIELDS, **more: object) -> CustomReader:
    reader = custom_reader(json.dumps({"name": "Acme", "fields": fields} | more))
    assert reader is not None
    return reader


def by(reader: CustomReader, raw: RawRequest, role: Role = Role.PRIMARY, provider: str | None = None) -> Reading:
    return recognise(raw, role, provider, reader)


def a_form(**fields: str) -> RawRequest:
    return request(urlencode(fields).encode(), FORM)


def a_json(value: object, *headers: tuple[bytes, bytes]) -> RawRequest:
    return request(json.dumps(value).encode(), JSON, headers=headers)


def test_a_form_is_parsed_by_the_names_that_were_set() -> None:
    reading = by(a_reader(), a_form(Who="+14155550123", whom="+19495550142", WHAT="hi", ref="m1"))
    assert (reading.provider, reading.kind, reading.message_id) == ("custom", Kind.INBOUND, "m1")
    assert (reading.sender, reading.recipient, reading.text) == ("+14155550123", "+19495550142", "hi")


@pytest.mark.parametrize("provider", [None, "ytel", "twilio"])
def test_the_mapping_is_used_before_the_provider_of_the_bin(provider: str | None) -> None:
    raw = a_form(MessageSid="SM1", From="+14155550123", To="+19495550142", Body="body", who="me", what="text")
    assert by(a_reader(), raw, provider=provider).text == "text"


def test_a_request_in_which_it_finds_nothing_is_parsed_as_usual() -> None:
    raw = a_form(MessageSid="SM1", From="+14155550123", To="+19495550142", Body="body", state="sent")
    for role in Role:
        assert by(a_reader(), raw, role) == recognise(raw, role)


def test_the_first_field_that_is_there_and_not_blank_is_used() -> None:
    reader = a_reader({"from": ["a", "b", "c"], "id": "i"})
    assert by(reader, a_form(c="3", b="2", a="", i="m")).sender == "2"


def test_json_and_xml_are_named_by_their_paths_and_headers_by_their_name() -> None:
    reader = a_reader({"from": "data.from.phone", "text": ["msg.body", "data.text"], "id": "header:X-Id"})
    reading = by(reader, a_json({"data": {"from": {"phone": "+14155550123"}, "text": "hi"}}, (b"x-ID", b"m7")))
    assert (reading.sender, reading.text, reading.message_id) == ("+14155550123", "hi", "m7")
    xml = request(b"<msg><body>hello</body></msg>", XML)
    assert by(reader, xml).text == "hello"


def test_an_empty_text_is_an_empty_sms_and_null_is_none() -> None:
    assert by(a_reader(), a_json({"what": "", "ref": "m"})).text == ""
    assert by(a_reader(), a_json({"what": None, "ref": "m"})).text is None


def test_each_item_of_the_list_of_the_id_is_a_message() -> None:
    fields = {
        "id": "items.*.id",
        "status": "items.*.state",
        "to": "items.*.to.0",
        "from": "sender",
        "media": "items.*.m.*",
    }
    value = {"sender": "ACME", "items": [
        {"id": "a", "state": "sent", "to": ["+14155550101"], "m": ["x", "y"]},
        {"state": "lost", "to": ["+14155550102"]},
        {"id": "c", "state": "failed"},
    ]}  # fmt: skip
    events = by(a_reader(fields), a_json(value), Role.STATUS).events
    assert [(event.message_id, event.raw_status, event.recipient) for event in events] == [
        ("a", "sent", "+14155550101"), ("c", "failed", None)
    ]  # fmt: skip
    assert {event.sender for event in events} == {"ACME"}
    assert [event.media for event in events] == [("x", "y"), ()]


@pytest.mark.parametrize("count", [1, 2])
def test_one_item_of_a_list_is_parsed_as_several_are(count: int) -> None:
    items = "".join(f'<m id="m{n}"><st>sent</st></m>' for n in range(count))
    raw = request(f"<dlr><batch>b7</batch>{items}</dlr>".encode(), XML)
    reader = a_reader({"id": "dlr.m.*.id", "status": "dlr.m.*.st", "from": "dlr.batch"})
    events = by(reader, raw, Role.STATUS).events
    assert [(event.message_id, event.raw_status, event.sender) for event in events] == [
        (f"m{n}", "sent", "b7") for n in range(count)
    ]


def test_lists_in_lists_keep_together_what_belongs_together() -> None:
    fields = {"id": "*.items.*.id", "to": "*.to", "text": "*.items.1.text"}
    value = [{"to": "A", "items": [{"id": "1"}, {"id": "2", "text": "x"}]}, {"to": "B", "items": [{"id": "3"}]}]
    events = by(a_reader(fields), a_json(value), Role.STATUS).events
    assert [(event.message_id, event.recipient, event.text) for event in events] == [
        ("1", "A", "x"), ("2", "A", "x"), ("3", "B", None)
    ]  # fmt: skip


def test_a_star_in_another_value_takes_the_first_item_and_all_media() -> None:
    fields = {"id": "id", "to": "to.*.number", "media": ["media.*.url", "icon"]}
    value = {"id": "m", "to": [{"number": "A"}, {"number": "B"}], "media": [{"url": "1"}, {"url": "2"}], "icon": "3"}
    (event,) = by(a_reader(fields), a_json(value)).events
    assert (event.recipient, event.media) == ("A", ("1", "2", "3"))


def test_blank_media_and_more_than_are_kept_are_left_out() -> None:
    value = {"id": "m", "a": [{"u": ""}, *[{"u": str(n)} for n in range(MAX_MEDIA)]], "b": "more"}
    (event,) = by(a_reader({"id": "id", "media": ["a.*.u", "b"]}), a_json(value)).events
    assert event.media == tuple(str(n) for n in range(MAX_MEDIA))


def test_without_an_id_the_list_of_the_status_or_the_text_decides() -> None:
    value = {"list": [{"what": "a"}, {"what": "b"}], "state": "x"}
    reader = a_reader({"text": "list.*.what", "from": "list.*.who"})
    assert [event.text for event in by(reader, a_json(value)).events] == ["a", "b"]
    assert len({event.message_id for event in by(reader, a_json(value)).events}) == 2


@pytest.mark.parametrize(
    ("role", "kinds", "fields", "kind"),
    [
        (Role.PRIMARY, {}, {"what": "hi"}, Kind.INBOUND),
        (Role.PRIMARY, {}, {"state": "sent"}, Kind.STATUS),
        (Role.PRIMARY, {}, {"state": "sent", "what": "hi"}, Kind.INBOUND),
        (Role.PRIMARY, {"primary": "inbound"}, {"state": "sent"}, Kind.INBOUND),
        (Role.FALLBACK, {"primary": "status"}, {"what": "hi"}, Kind.INBOUND),
        (Role.STATUS, {}, {"what": "hi"}, Kind.STATUS),
        (Role.STATUS, {"status": "other"}, {"state": "sent"}, Kind.OTHER),
        (Role.VOICE_FALLBACK, {}, {"state": "ringing"}, Kind.VOICE),
        (Role.VOICE_FALLBACK, {"voice-fallback": "inbound"}, {}, Kind.INBOUND),
    ],
)
def test_the_kind_is_that_of_the_url(role: Role, kinds: dict, fields: dict, kind: Kind) -> None:
    reading = by(a_reader(kinds=kinds), a_form(ref="m", **fields), role)
    assert (reading.kind, reading.events[0].kind) == (kind, kind)


@pytest.mark.parametrize(
    ("sent", "status", "final"),
    [
        ("1", Status.DELIVERED, True), ("In-Queue", Status.QUEUED, False), ("in_queue", Status.QUEUED, False),
        ("Delivered", Status.DELIVERED, True), ("x9", Status.FAILED, False), ("42", Status.UNKNOWN, False),
        ("DELIVRD", Status.DELIVERED, True), ("gone fishing", Status.UNKNOWN, False),
    ],
)  # fmt: skip
def test_status_words_mean_what_was_set_else_what_they_say(sent: str, status: Status, final: bool) -> None:
    statuses = {"1": "delivered", "in queue": "queued", "X9": {"status": "failed", "final": False}}
    (event,) = by(a_reader(statuses=statuses), a_form(ref="m", state=sent), Role.STATUS).events
    assert (event.raw_status, event.status, event.final) == (sent, status, final)


def test_a_status_on_an_inbound_url_counts_once_the_message_is_an_outbound_one() -> None:
    (event,) = by(a_reader(kinds={"primary": "inbound"}), a_form(ref="m", state="sent")).events
    assert (event.status, event.as_callback) == (Status.RECEIVED, a_reader().word("sent"))


def test_time_error_and_media_are_read() -> None:
    fields = {"id": "i", "time": "at", "error": "err", "media": ["m1", "m2"]}
    raw = a_form(i="m", at="1720689990", err="30003", m1="https://a.example/1", m2="")
    (event,) = by(a_reader(fields), raw).events
    assert event.said_at == datetime(2024, 7, 11, 9, 26, 30, tzinfo=UTC)
    assert (event.error_code, event.media) == ("30003", ("https://a.example/1",))


def test_the_facts_of_a_capture_are_those_of_its_reading() -> None:
    raw = a_form(ref="m", state="strange")
    reading = by(a_reader(), raw, Role.STATUS)
    facts = facts_of(raw, Role.STATUS, "custom", a_reader())
    assert (facts.provider, facts.events) == ("custom", reading.events)
    assert facts_of(raw, Role.STATUS, reading.provider).provider != "custom"
    assert facts_of(raw, Role.STATUS, "generic", a_reader()).provider != "custom"


def test_a_mapping_of_another_version_is_not_used() -> None:
    assert custom_reader('{"version": 9, "name": "a", "fields": {"id": "a"}}') is None
    assert custom_reader(None) is None


def test_the_reader_of_a_mapping_is_prepared_once() -> None:
    text = '{"name": "once", "fields": {"id": "a"}}'
    assert custom_reader(text) is custom_reader(text)


def test_the_fields_whose_values_the_usual_reading_has_are_suggested() -> None:
    body = {
        "data": [{"id": "m7", "from": "+14155550123", "body": "hi", "copy": "hi", "status": "sent", "at": 1720689990}]
    }
    raw = a_json(body)
    assert suggest(Glance(raw), recognise(raw, Role.STATUS).events) == {
        "data.*.id": "id", "data.*.from": "from", "data.*.body": "text", "data.*.status": "status"
    }  # fmt: skip
    event = recognise(raw, Role.STATUS).events[0]
    more = msgspec.structs.replace(event, said_at=datetime(2024, 7, 11, 9, 26, 30, tzinfo=UTC), media=("hi",))
    assert suggest(Glance(a_json(body)), [more])["data.*.copy"] == "media"
    assert suggest(Glance(raw), []) == {}


def test_the_largest_list_takes_bounded_work() -> None:
    """A thousand messages, with as many addresses as a mapping can have."""
    items = [{"id": str(n), "a": str(n)} for n in range(500)]
    fields = {meaning: ["items.*.a"] * MAX_ADDRESSES for meaning in MEANINGS} | {"id": "items.*.id"}
    events = by(a_reader(fields), a_json({"items": items})).events
    assert [(event.message_id, event.text) for event in events] == [(str(n), str(n)) for n in range(500)]


NAMES = st.one_of(
    st.sampled_from(["a", "*", "*.*", "a.*", "a.0", "a.*.b.*", "data.*.id", "header:x", "", ".", "a.٣", "a..*", "A"]),
    st.text(min_size=1, max_size=12),
    st.lists(st.sampled_from(["a", "b", "*", "0", "1", "data", "id", "from"]), min_size=1, max_size=6).map(".".join),
).filter(bool)
ADDRESSES = st.one_of(st.none(), NAMES, st.lists(NAMES, min_size=1, max_size=MAX_ADDRESSES).map(tuple))
FIELDS_OF_ALL_KINDS = st.fixed_dictionaries(
    {name: ADDRESSES for name in MappedFields.__struct_fields__ if name != "id"} | {"id": NAMES}
).map(lambda fields: MappedFields(**fields))
MAPPINGS = st.builds(
    FieldMapping,
    name=st.just("x"),
    fields=FIELDS_OF_ALL_KINDS,
    statuses=st.dictionaries(st.text(min_size=1, max_size=5), st.sampled_from(list(Status)), max_size=3),
)
LISTS = st.recursive(
    st.one_of(st.none(), st.text(max_size=5), st.integers()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "data", "id", "0"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@PATIENT
@given(MAPPINGS, st.one_of(JSONS, LISTS), HEADERS, ROLES)
def test_no_mapping_and_no_json_make_it_raise(mapping: FieldMapping, value: object, headers: tuple, role: Role) -> None:
    raw = request(msgspec.json.encode(value), JSON, headers=headers)
    reader = custom_reader(write_mapping(mapping))
    assert reader is not None
    for event in reader.events(Glance(raw), role):
        assert event.message_id
    assert by(reader, raw, role).problem is None or recognise(raw, role).problem is not None


@PATIENT
@given(MAPPINGS, st.binary(max_size=300), HEADERS, ROLES)
def test_no_mapping_and_no_bytes_make_it_raise(mapping: FieldMapping, body: bytes, headers: tuple, role: Role) -> None:
    raw = request(body, headers=headers, target="/k?a=b&*=c&0=d")
    CustomReader(mapping).events(Glance(raw), role)

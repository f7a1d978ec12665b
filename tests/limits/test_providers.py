"""How much of a request becomes an event, a word of the search, or an event at all."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
import pytest

from app.domain.captures import RawRequest, Reading
from app.domain.roles import Role
from app.parsing import JsonValue
from app.providers import _SEARCHED, recognise
from app.providers.generic import _DIGITS_OF_A_TIME, items, names, words
from app.providers.kit import times
from app.providers.kit.bounds import MAX_EVENTS, MAX_MEDIA, MAX_PIECES, MAX_TEXT, MAX_VALUE
from app.providers.kit.glance import MAX_WORDS
from app.providers.kit.rich import MAX_NESTED, MAX_PARTS, words_of
from app.providers.telnyx import MAX_RECIPIENTS
from tests.parsing.support import FORM, JSON, request

YTEL = {"From": "+14155550107", "To": "+19495550142", "MessageSid": "9d3e-66e4", "Status": "received"}


def _form(**fields: str) -> RawRequest:
    return request(urlencode(fields).encode(), FORM)


def _read(raw: RawRequest, provider: str | None = None) -> Reading:
    return recognise(raw, Role.PRIMARY, provider)


@pytest.mark.parametrize("provider", ["ytel", "twilio", "plivo", "bandwidth", None])
@pytest.mark.parametrize("length", [MAX_TEXT, MAX_TEXT + 1])
def test_a_text_is_kept_to_this_length(provider: str | None, length: int) -> None:
    raw = _form(**YTEL, Text="t" * length, Body="t" * length, MessageUUID="m")
    assert len(_read(raw, provider).text or "") == MAX_TEXT


@pytest.mark.parametrize("length", [MAX_VALUE, MAX_VALUE + 1])
def test_an_id_is_kept_to_this_length(length: int) -> None:
    assert len(_read(_form(**YTEL | {"MessageSid": "i" * length}), "ytel").message_id or "") == MAX_VALUE


@pytest.mark.parametrize("count", [MAX_MEDIA, MAX_MEDIA + 1])
def test_so_many_addresses_of_pictures_are_kept(count: int) -> None:
    media = {f"MediaUrl{n}": f"https://example.net/{n}" for n in range(count)}
    assert len(_read(_form(**YTEL, Text="hi", **media), "twilio").events[0].media) == MAX_MEDIA


@pytest.mark.parametrize(("total", "is_piece"), [(MAX_PIECES, True), (MAX_PIECES + 1, False)])
def test_a_long_message_has_so_many_pieces_at_most(total: int, is_piece: bool) -> None:
    fields = {"msisdn": "14155550107", "to": "19495550142", "messageId": "m", "text": "hi", "type": "text"}
    pieces = {"concat": "true", "concat-ref": "7", "concat-part": "1", "concat-total": str(total)}
    reading = _read(request(target="/k?" + urlencode(fields | pieces)), "vonage")
    assert (reading.events[0].piece is not None) == is_piece


@pytest.mark.parametrize("count", [MAX_RECIPIENTS, MAX_RECIPIENTS + 1])
def test_so_many_recipients_of_one_message_are_read(count: int) -> None:
    to = [{"phone_number": f"+1949555{n:04}"} for n in range(count)]
    payload = {"id": "m", "from": {"phone_number": "+14155550107"}, "to": to, "text": "hi", "direction": "inbound"}
    body = msgspec.json.encode({"data": {"event_type": "message.received", "payload": payload}})
    assert len(_read(request(body, JSON), "telnyx").events) == MAX_RECIPIENTS


@pytest.mark.parametrize(("depth", "is_found"), [(MAX_NESTED, True), (MAX_NESTED + 1, False)])
def test_the_words_of_a_rich_message_are_searched_so_deep(depth: int, is_found: bool) -> None:
    content: JsonValue = {"text": "hi"}
    for _ in range(depth):
        content = {"part": content}
    assert (words_of(content) == "hi") == is_found


@pytest.mark.parametrize(("before", "is_found"), [(MAX_PARTS - 1, True), (MAX_PARTS, False)])
def test_the_words_of_a_rich_message_are_searched_in_so_many_parts(before: int, is_found: bool) -> None:
    parts: list[JsonValue] = [{"id": "1"}] * before
    assert (words_of([*parts, {"text": "hi"}]) == "hi") == is_found


@pytest.mark.parametrize(("length", "is_read"), [(names.MAX_NAME, True), (names.MAX_NAME + 1, False)])
def test_a_field_means_something_under_a_name_of_this_length(length: int, is_read: bool) -> None:
    body = b'{"%s": {"text": "hi"}}' % (b"p" * (length - len(".text")))
    assert (_read(request(body, JSON)).text == "hi") == is_read


@pytest.mark.parametrize(("count", "is_read"), [(items.MAX_LEAVES, True), (items.MAX_LEAVES + 1, False)])
def test_so_many_values_of_one_request_are_looked_at(count: int, is_read: bool) -> None:
    body = b'{"others": [%s], "text": "hi"}' % b",".join([b"1"] * (count - 1))
    assert (_read(request(body, JSON)).text == "hi") == is_read


@pytest.mark.parametrize("count", [MAX_EVENTS, MAX_EVENTS + 1])
def test_so_many_messages_of_one_request_are_read_by_common_names(count: int) -> None:
    body = msgspec.json.encode([{"id": str(n), "text": "hi"} for n in range(count)])
    assert len(_read(request(body, JSON)).events) == MAX_EVENTS


@pytest.mark.parametrize(("digits", "is_time"), [(_DIGITS_OF_A_TIME, True), (_DIGITS_OF_A_TIME - 1, False)])
def test_a_time_has_so_many_digits(digits: int, is_time: bool) -> None:
    raw = _form(To="+14155550107", Text="hi", time="1" * digits)
    later = msgspec.structs.replace(raw, received_at=raw.received_at + timedelta(seconds=1))
    assert (_read(raw).message_id == _read(later).message_id) == is_time


@pytest.mark.parametrize(("length", "is_known"), [(words._LONGEST, True), (words._LONGEST + 1, False)])
def test_a_status_has_a_meaning_up_to_this_length(length: int, is_known: bool) -> None:
    raw = _form(To="+14155550107", MessageId="m", Status="failed" + "." * (length - len("failed")))
    assert (_read(raw).status == "failed") == is_known


@pytest.mark.parametrize(("before", "is_found"), [(MAX_WORDS - len("\nlast"), True), (MAX_WORDS - 4, False)])
def test_the_search_finds_so_many_characters_of_all_values(before: int, is_found: bool) -> None:
    words = _read(_form(first="f" * before, second="last")).words
    assert words.endswith("\nlast") == is_found
    assert len(words) <= MAX_WORDS


@pytest.mark.parametrize(("before", "is_found"), [(_SEARCHED - 4, True), (_SEARCHED - 3, False)])
def test_bytes_that_are_no_request_are_found_by_so_many_at_their_beginning(before: int, is_found: bool) -> None:
    raw = msgspec.structs.replace(request(b" " * before + b"last"), refused="it has no line")
    assert _read(raw).words.endswith("last") == is_found


def test_a_stamp_is_a_time_to_this_second_and_none_behind_it() -> None:
    latest = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=times._LATEST_S)
    assert times.read_epoch(str(times._LATEST_S)) == latest
    assert times.read_epoch(str(times._LATEST_S + 1)) is None

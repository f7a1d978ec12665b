"""Documents inside of documents are opened once, under any bound that holds for them alone, and it is said."""

import json
import time
from base64 import urlsafe_b64encode
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing import MAX_DEPTH, Parsed, parse, parse_quickly
from app.parsing.bounds import MAX_VALUES
from app.parsing.json import CONSTANT, REPEATED
from app.parsing.opening import NAMELESS, SIGNED, TWICE, note_of, open_fields, open_json, open_token

from .support import FORM, JSON, request

INNER = '{"from": "+1", "text": "hi"}'
ESCAPED = INNER.replace("+", "%2B")
OPENED = {"from": "+1", "text": "hi"}


def read(body: str | bytes, label: str | None = JSON) -> Parsed:
    return parse(request(body.encode() if isinstance(body, str) else body, label))


def token(payload: str = INNER, header: str = '{"alg":"HS256"}', signature: str = "c2ln") -> str:
    parts = (urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, payload))
    return ".".join([*parts, signature])


@pytest.mark.parametrize("name", ["payload", "Payload", "data", "event", "event_s", "JSON-data", "notification"])
def test_json_in_a_field_for_documents_is_shown_under_its_name(name: str) -> None:
    form = f"{name}={ESCAPED}&token=x"
    parsed = read(form, FORM)
    assert parsed.form == ((name, INNER), ("token", "x"))
    assert (parsed.is_json, parsed.json) == (True, {name: OPENED})
    assert parsed.notes == (f"The form field “{name}” contains JSON as text; it is shown as JSON.",)
    assert parsed.error is None
    assert parse_quickly(request(form.encode(), FORM)).pairs == (
        (name, INNER), ("token", "x"), (f"{name}.from", "+1"), (f"{name}.text", "hi"),
    )  # fmt: skip


def test_json_in_the_only_field_of_a_form_is_shown_whatever_its_name() -> None:
    assert read(f"mandrill_events=[{ESCAPED}]", FORM).json == {"mandrill_events": [OPENED]}
    assert read(f"Text={ESCAPED}", FORM).json == {"Text": OPENED}


def test_json_in_a_text_that_somebody_wrote_is_a_text() -> None:
    parsed = read(f"From=%2B1&Text={ESCAPED}", FORM)
    assert (parsed.is_json, parsed.notes) == (False, ())


@pytest.mark.parametrize("value", ["{", "{}}", "[]", "[1, 2]", "[{}, 1]", '"{}"', "1", "{not json}", "", "[" * 200])
def test_what_is_no_document_stays_a_text_without_a_problem(value: str) -> None:
    parsed = read(f"payload={value}", FORM)
    assert (parsed.is_json, parsed.notes, parsed.error) == (False, (), None)


def test_repeated_fields_are_numbered_as_a_list() -> None:
    seen = parse_quickly(request(b'event={"a":1}&event=x&event={"a":2}', FORM))
    assert seen.json == {"event": [{"a": 1}, {"a": 2}]}
    assert seen.pairs[3:] == (("event.0.a", "1"), ("event.1.a", "2"))


def test_json_in_a_part_is_shown_as_in_a_field() -> None:
    body = f'--b\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{INNER}\r\n--b--'
    parsed = read(body, "multipart/form-data; boundary=b")
    assert (parsed.json, parsed.notes) == ({"payload": OPENED}, (note_of("part", "payload"),))
    assert parse_quickly(request(body.encode(), "multipart/form-data; boundary=b")).pairs[1:] == (
        ("payload.from", "+1"), ("payload.text", "hi"),
    )  # fmt: skip


def test_a_part_that_is_labelled_as_json_is_opened_whatever_its_name() -> None:
    head = '--b\r\nContent-Disposition: form-data; name="{}"\r\nContent-Type: {}\r\n\r\n'
    parts = [("sms", "application/json"), ("text", "text/plain"), ("", "application/json")]
    body = "".join(head.format(*part) + INNER + "\r\n" for part in parts) + "--b--"
    seen = parse_quickly(request(body.encode(), "multipart/mixed; boundary=b"))
    assert seen.json == {"sms": OPENED, "": OPENED}
    assert seen.pairs[3:] == (("sms.from", "+1"), ("sms.text", "hi"), ("from", "+1"), ("text", "hi"))


@pytest.mark.parametrize("end", ["", "="])
def test_a_form_that_is_only_escaped_json_is_shown_as_json(end: str) -> None:
    form = quote_plus(INNER) + end
    parsed = read(form, FORM)
    assert (parsed.form, parsed.json, parsed.notes) == (((INNER, ""),), OPENED, (NAMELESS,))
    assert parse_quickly(request(form.encode(), FORM)).pairs == ((INNER, ""), ("from", "+1"), ("text", "hi"))


def test_what_is_shown_otherwise_than_sent_is_said_of_a_document_too() -> None:
    assert read('payload={"a":NaN}&b=1', FORM).error == CONSTANT
    assert read(json.dumps('{"a":1,"a":2}')).error == REPEATED


@pytest.mark.parametrize("text", [INNER, f" {INNER}\n", f"[{INNER}]"])
def test_json_that_is_encoded_twice_is_read_twice(text: str) -> None:
    parsed = read(json.dumps(text))
    assert (parsed.json, parsed.notes) == (json.loads(text), (TWICE,))


@pytest.mark.parametrize("text", ["hi", "12", json.dumps(INNER), "[1]"])
def test_any_other_string_of_json_stays_one(text: str) -> None:
    parsed = read(json.dumps(text))
    assert (parsed.json, parsed.notes) == (text, ())


def test_json_in_a_string_of_json_is_shown_in_its_place() -> None:
    opened = open_json({"id": 1, "payload": INNER, "text": INNER})
    assert opened.json == {"id": 1, "payload": OPENED, "text": INNER}
    assert opened.notes == ("The JSON field “payload” contains JSON as text; it is shown as JSON.",)


def test_one_level_is_opened_and_not_two() -> None:
    assert open_json(json.dumps({"payload": INNER})) == ({"payload": INNER}, None, (TWICE,))
    assert open_json({"payload": json.dumps({"data": INNER})}).json == {"payload": {"data": INNER}}


@pytest.mark.parametrize("label", ["application/jwt", "application/secevent+jwt", "text/plain", JSON, None])
def test_the_payload_of_a_token_is_shown_and_it_is_said_that_nothing_was_verified(label: str | None) -> None:
    parsed = read(f" {token()}\n", label)
    assert (parsed.json, parsed.notes, parsed.error) == (OPENED, (SIGNED,), None)


def test_a_token_may_have_no_signature() -> None:
    assert open_token(token(signature="")) == OPENED


@pytest.mark.parametrize(
    "text",
    [
        "", "eyJ", "a.b.c", "ey.ey.ey", token(payload="[1]"), token(payload="hi"), token(header="{}"),
        token(header='["alg"]'), token() + ".x", f"see {token()}", token(payload="[" * 200),
    ],
)  # fmt: skip
def test_what_is_no_token_is_left_as_it_is(text: str) -> None:
    assert open_token(text) is None
    assert not read(text, "text/plain").is_json


def test_bytes_that_are_no_text_are_no_part_of_a_token() -> None:
    wrong = urlsafe_b64encode(b'{"\xff"}').decode().rstrip("=")
    assert open_token(f"{wrong}.e30.") is None
    assert open_token("eyJhb.e30.") is None


def test_a_label_that_promises_a_token_says_what_is_missing() -> None:
    assert read("hello", "application/jwt").error == (
        "The Content-Type says the body is a JSON Web Token, but it is not: it is not three parts in base64url, with "
        "JSON in the first two."
    )
    assert read(b"\x00\xff", "application/jwt").error == (
        "The Content-Type says the body is a JSON Web Token, but its bytes are not text."
    )


def test_a_token_under_the_label_of_a_form_is_a_form() -> None:
    assert read(token(), FORM).form == ((token(), ""),)


def test_a_name_in_a_sentence_is_short_and_visible() -> None:
    assert note_of("part", "a\x1b\u202eb" + "c" * 100) == (
        f"The part “a��b{'c' * 76}…” contains JSON as text; it is shown as JSON."
    )


DEEP = '{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1)
HOSTILE = {
    "documents": (FORM, b"&".join([b'payload={"a":1}'] * 20_000)),
    "braces": (FORM, b"&".join([b"payload=" + b"{" * 250] * 999)),
    "brackets": (FORM, b"payload=" + b"[" * 250_000),
    "one string": (JSON, json.dumps({"data": "[" * 120_000 + "{"}).encode()),
    "values twice": (JSON, json.dumps(json.dumps([{}] * MAX_VALUES)).encode()),
    "backslashes": (JSON, b'"' + b"\\\\" * 125_000 + b'"'),
    "objects": (JSON, b'{"a":1}\n' * 19_000),
    "objects, cut": (JSON, b'{"a":1}\n' * 19_000 + b'{"a":'),
    "blank lines": (JSON, b"{}" + b"\n" * 250_000 + b"x"),
    "separators": (JSON, b"\x1e" * 250_000 + b"{}"),
    "a token": ("application/jwt", token(json.dumps({"a": "x" * 150_000})).encode()),
    "nearly a token": ("text/plain", b"ey" * 130_000 + b"."),
    "semicolons": (FORM, b"a=1;" * 65_000 + b"b"),
    "only semicolons": (FORM, b";" * 260_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_no_more_than_other_bodies(name: str) -> None:
    label, body = HOSTILE[name]
    raw = request(body, label)
    since = time.process_time()
    parse_quickly(raw)
    parse(raw)
    assert time.process_time() - since < 0.5


def test_a_document_in_a_field_is_as_deep_as_any_other() -> None:
    assert open_fields((("payload", DEEP[5:-1]),), "part")
    assert open_fields((("payload", DEEP),), "part") is None


_VALUES = st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers(-99, 99) | st.none(), max_size=4)


@given(_VALUES, st.sampled_from(["payload", "data"]))
def test_what_was_put_into_a_field_a_string_or_a_token_comes_out(value: dict[str, object], name: str) -> None:
    text = json.dumps(value)
    assert open_fields(((name, text), ("b", "c")), "part") == ({name: value}, None, (note_of("part", name),))
    assert open_json(text) == (value, None, (TWICE,))
    assert open_token(token(text)) == value

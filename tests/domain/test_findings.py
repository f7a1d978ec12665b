"""Findings: each fires on what it is for, and stays quiet on what only looks like it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.captures import RawRequest, write_lines
from app.domain.events import Event
from app.domain.findings import FINDINGS, Facts, explain, observe
from app.domain.roles import Kind, Role
from app.domain.statuses import Status
from app.providers import PROVIDERS, facts_of, recognise
from app.providers.sheet import RequestSpec, as_raw

AT = datetime(2026, 11, 25, 9, 30, 12, tzinfo=UTC)
KEY = "/0123456789abcdef"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LEDGERS = {
    "duplicate", "soft_duplicate", "late_status", "contradictory_final", "stuck", "no_fallback", "fallback_only",
    "fallback_method",
}  # fmt: skip
FOLLOWERS = {"signature_invalid", "signature_as"}


def a_request(
    body: bytes = b"", label: str | None = FORM, *, method: str = "POST", target: str = KEY, complete: bool = True
) -> RawRequest:
    return RawRequest(
        method=method,
        target=target,
        http_version="1.1",
        head=write_lines([(b"Content-Type", label.encode())] if label else []),
        body=body,
        body_complete=complete,
        peer="192.0.2.1",
        received_at=AT,
    )


def found(raw: RawRequest, role: Role = Role.PRIMARY) -> tuple[str, ...]:
    return recognise(raw, role).findings


def from_ytel(kind: Kind = Kind.INBOUND, **values: object) -> RawRequest:
    wish = {
        "kind": kind, "message_id": "9d3ed970-ab08-11e8-9936-413fe38766e4", "sender": "+14155550123",
        "recipient": "+19495550142", "text": "Yes + I'll bring 2 & a half = 3 ✓", "raw_status": None, "media": (),
        "error_code": None, "at": AT, "url": f"https://sms.example.net{KEY}",
    }  # fmt: skip
    return as_raw(PROVIDERS["ytel"].compose(RequestSpec(**wish | values)), KEY, AT)


def test_a_usual_request_has_none() -> None:
    assert found(from_ytel()) == ()
    assert found(from_ytel(Kind.STATUS, raw_status="Queued"), Role.STATUS) == ()
    assert found(from_ytel(Kind.VOICE), Role.VOICE) == ()
    assert found(a_request(b'{"from": "+14155550123", "text": "\xc3\xa9"}', JSON)) == ()


def test_a_number_that_begins_with_a_blank_lost_its_plus() -> None:
    raw = a_request(b"From=+14155550123&To=%2B19495550142&Text=hi")
    assert found(raw) == ("plus_lost",)
    assert found(a_request(b"From=%2B14155550123&To=+19495550142&Text=hi")) == ("plus_lost",)
    assert "“ 14155550123”" in explain("plus_lost", facts_of(raw, Role.PRIMARY, "generic")).cause


@pytest.mark.parametrize("sender", ["%2B14155550123", "14155550123", "++14155550123", "+123456", "+MYBRAND", "+"])
def test_other_senders_lost_no_plus(sender: str) -> None:
    assert found(a_request(f"From={sender}&Text=hi".encode())) == ()


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b"Text=caf%E9", FORM + "; charset=utf-8"),
        (b"Text=caf%E9", FORM + "; charset=UTF-8; a=b"),
        (b"Text=caf\xe9", FORM + ";charset=us-ascii"),
        (b'{"text": "caf\xe9"}', JSON + "; charset=utf-8"),
        (b'<?xml version="1.0" encoding="utf-8"?><a>caf\xe9</a>', "text/xml"),
        # Nothing is declared, and these are UTF-8 then.
        (b"Text=caf%E9", FORM),
        (b'{"text": "caf\xe9"}', JSON),
    ],
)
def test_a_body_in_another_charset_than_declared(body: bytes, label: str) -> None:
    assert found(a_request(body, label)) == ("charset_mismatch",)


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b"Text=caf%C3%A9", FORM),
        (b"Text=caf%E9", FORM + "; charset=iso-8859-1"),
        (b"Text=caf%E9", FORM + "; charset=never-heard-of"),
        (b"caf\xe9", "text/plain"),
        (b"\xff\xd8\xff\xe0 \x00", "image/jpeg"),
        ("{}".encode("utf-16"), JSON),
    ],
)
def test_a_body_in_its_charset_or_in_one_that_nobody_named(body: bytes, label: str) -> None:
    assert found(a_request(body, label)) == ()


def test_a_cut_through_a_character_is_no_wrong_charset() -> None:
    assert found(a_request(b"Text=caf%C3", complete=False)) == ()
    assert found(a_request(b"Text=caf%C3", FORM + "; charset=UTF-8; a=b", complete=False)) == ()


def test_the_declared_charset_is_named() -> None:
    facts = facts_of(a_request(b"Text=caf%E9", FORM + "; charset=utf-8"), Role.PRIMARY, None)
    assert "“utf-8”" in explain("charset_mismatch", facts).cause


@pytest.mark.parametrize("meant", ["café", "¡Sí, mañana!", "I’m late…", "👍 ok", "Привет", "日本", "20°C", "Žluťoučký"])
@pytest.mark.parametrize("charset", ["latin-1", "cp1252"])
def test_text_that_was_encoded_twice_is_garbled(meant: str, charset: str) -> None:
    # Windows-1252 has holes, through which decoders let the byte pass.
    text = "".join(
        bytes([byte]).decode(charset if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for byte in meant.encode()
    )
    raw = a_request(f'{{"text": "{text}"}}'.encode(), JSON)
    assert found(raw) == ("mojibake",)
    assert f"“{meant}”" in explain("mojibake", facts_of(raw, Role.PRIMARY, None)).cause


@pytest.mark.parametrize(
    "text",
    [
        "café", "AMANHÃ…", "CITÉ»", "« CITÉ »", "Das macht Spaß…", "Groß“", "¿Qué?", "Ã", "Â", "naïve 🚗", "Ã© 🚗",
        "Tschüß – bis dann", "Ünïcödé", "ÃO", "", "ASCII only", "Привет", "Š€…", "1ª e 2º",
    ],
)  # fmt: skip
def test_accents_alone_are_not_garbled(text: str) -> None:
    assert found(a_request(f'{{"text": "{text}"}}'.encode(), JSON)) == ()


def test_a_field_with_two_values_is_repeated() -> None:
    raw = a_request(b"Text=hi&Tag=a&Tag=b")
    assert found(raw) == ("repeated_field",)
    assert "“Tag” is both “a” and “b”" in explain("repeated_field", facts_of(raw, Role.PRIMARY, None)).cause
    assert found(a_request(b"Text=hi&Tag=a", target=KEY + "?Tag=b")) == ("repeated_field",)


@pytest.mark.parametrize(
    "body",
    [
        b"Text=hi&Tag=a&Tag=a",
        b"Text=hi&MediaURL=https%3A%2F%2Fexample.net%2F1&MediaURL=https%3A%2F%2Fexample.net%2F2",
        b"text=hi&to[]=1&to[]=2",
        b"Text=hi&tag=a&Tag=b",
        b"Text=hi&=a&=b",
    ],
)
def test_lists_and_equal_values_are_not_repeated(body: bytes) -> None:
    assert found(a_request(body)) == ()


def test_items_of_a_json_array_are_not_repeated() -> None:
    assert found(a_request(b'{"text": "hi", "to": ["+14155550123", "+14155550188"]}', JSON)) == ()


@pytest.mark.parametrize("hours", [-14, -7, -1, 1, 2, 14])
@pytest.mark.parametrize("drift_s", [-120, 0, 119])
def test_a_stamp_that_is_whole_hours_off_is_a_time_zone(hours: int, drift_s: int) -> None:
    raw = from_ytel(at=AT + timedelta(hours=hours, seconds=drift_s))
    assert found(raw) == ("clock_offset",)
    side = "ahead" if hours > 0 else "behind"
    assert f"{abs(hours)} hour" in explain("clock_offset", facts_of(raw, Role.PRIMARY, "ytel")).cause
    assert side in explain("clock_offset", facts_of(raw, Role.PRIMARY, "ytel")).cause


@pytest.mark.parametrize(
    "off", [timedelta(0), timedelta(seconds=-90), timedelta(hours=-1, minutes=-3), timedelta(minutes=-30),
            timedelta(hours=-15), timedelta(days=-400)]
)  # fmt: skip
def test_a_stamp_that_is_late_or_old_is_none(off: timedelta) -> None:
    assert found(from_ytel(at=AT + off)) == ()


def test_another_method_than_the_method_field_says() -> None:
    query = from_ytel().body.decode()
    assert found(a_request(method="GET", label=None, target=f"{KEY}?{query}")) == ("method_differs",)
    assert found(a_request(method="GET", label=None, target=f"{KEY}?{query.replace('POST', 'get')}")) == ()


@pytest.mark.parametrize("said", ["POST", "post", "", "card", "POST" * 100_000])
def test_a_method_field_that_agrees_or_means_something_else(said: str) -> None:
    assert "method_differs" not in found(a_request(f"Text=hi&Method={said}".encode()))


@pytest.mark.parametrize(
    "action", [f"https://sms.example.net{KEY}/fallback", "https://sms.example.net/", "http://x.example", "/other"]
)
def test_an_action_that_names_another_path(action: str) -> None:
    assert found(from_ytel(url=action)) == ("action_differs",)


@pytest.mark.parametrize(
    "action",
    [f"http://other.example:8010{KEY}", f"https://sms.example.net{KEY}/", f"https://sms.example.net{KEY}?a=/b",
     KEY, f"sms.example.net{KEY}", "", "receive"],
)  # fmt: skip
def test_an_action_with_the_same_path_or_none(action: str) -> None:
    assert found(from_ytel(url=action)) == ()


def test_only_ytel_has_an_action() -> None:
    assert found(a_request(b"From=%2B14155550123&Text=hi&Action=/other")) == ()


@pytest.mark.parametrize("role", [Role.PRIMARY, Role.FALLBACK])
def test_a_callback_on_the_url_of_inbound_messages(role: Role) -> None:
    assert found(from_ytel(Kind.STATUS, raw_status="failed"), role) == ("callback_on_sms_url",)


def test_a_callback_where_it_belongs_and_an_inbound_on_the_status_url() -> None:
    assert found(from_ytel(Kind.STATUS, raw_status="failed"), Role.STATUS) == ()
    assert found(from_ytel(), Role.STATUS) == ()


@pytest.mark.parametrize(
    "path",
    [
        "/foo",
        "//status",
        "//",
        "/Status",
        "/status2",
        "/foo/status",
        "/%73tatus",
        "/status%2f",
        "/redirect",
        f"{KEY}/status",
    ],
)
def test_a_path_that_names_no_role(path: str) -> None:
    wanted = ("unknown_role",) if path != "//" else ()
    for target in (KEY + path, f"/base{KEY}{path}?a=1", f"https://sms.example.net{KEY}{path}"):
        assert found(a_request(b"Text=hi", target=target)) == wanted
    if wanted:
        facts = facts_of(a_request(b"Text=hi", target=KEY + path), Role.PRIMARY, None)
        assert f"“{path}”" in explain("unknown_role", facts).cause


@pytest.mark.parametrize(
    "path", ["", "/", "/primary", "/primary/deeper", "/redirected", "/redirected/again", "?a=/foo", "#/foo"]
)
def test_no_role_and_the_primary_one_by_its_name(path: str) -> None:
    assert found(a_request(b"Text=hi", target=KEY + path)) == ()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PRIMARY])
def test_a_role_with_a_deeper_path(role: Role) -> None:
    assert "unknown_role" not in found(a_request(b"Text=hi", target=f"{KEY}/{role}/deeper//still/"), role)


def test_a_get_that_says_nothing_is_empty() -> None:
    assert found(a_request(method="GET", label=None)) == ("empty_get",)
    assert found(a_request(method="GET", label=None, target=KEY + "?")) == ("empty_get",)
    assert found(a_request(method="GET", label=None, target=KEY + "?a")) == ()
    assert found(a_request(b"x", method="GET", label=None)) == ()


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
def test_a_probe_says_nothing_either(method: str) -> None:
    assert found(a_request(method=method, label=None)) == ("empty_probe",)
    assert found(a_request(method=method, label=None, target=KEY + "?a=1")) == ()


def test_a_body_that_was_lost_on_the_way_and_other_methods_are_no_probes() -> None:
    assert found(a_request(complete=False)) == ()
    assert found(a_request(b" ")) == ()
    assert found(a_request(method="DELETE", label=None)) == ()


def test_a_status_word_that_nobody_knows() -> None:
    assert found(from_ytel(Kind.STATUS, raw_status="beamed up"), Role.STATUS) == ("unknown_status",)
    assert found(a_request(b"status=beamed"), Role.STATUS) == ("unknown_status",)
    facts = facts_of(a_request(b"status=beamed"), Role.STATUS, None)
    assert "“beamed”" in explain("unknown_status", facts).cause


def test_a_status_word_that_is_known_documented_or_absent() -> None:
    assert found(from_ytel(raw_status="beamed up")) == ()  # inbound: the word is no delivery status
    assert found(a_request(b"status=delivered"), Role.STATUS) == ()
    event = Event(kind=Kind.STATUS, message_id="1", status=Status.UNKNOWN, raw_status="unknown", final=True)
    assert observe(Facts(raw=a_request(b"x"), role=Role.STATUS, events=(event,))) == ()


def test_json_that_ends_early() -> None:
    assert found(a_request(b'{"from": "+14155550123", "text": "cut o', JSON)) == ("truncated_json",)
    assert found(a_request(b'{"from": "+14155550123", "text": "cut o', JSON, complete=False)) == ("truncated_json",)


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b'{"text" "hi"}', JSON),
        (b'{"text": "hi"} and more', JSON),
        (b"[Promo] 20% off", "text/plain"),
        (b"[Promo", "text/plain"),
        (b'{"text": "' + b"a" * 300_000 + b'"}', JSON),
    ],
)
def test_json_with_a_mistake_and_other_texts_do_not_end_early(body: bytes, label: str) -> None:
    assert found(a_request(body, label)) == ()


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b'{"text": "hi"}', FORM),
        (b"Text=hi&From=%2B14155550123", JSON),
        (b"<a>hi</a>", JSON),
        (b'{"text": "hi"}', "multipart/form-data; boundary=x"),
    ],
)
def test_a_label_that_promises_something_else(body: bytes, label: str) -> None:
    assert found(a_request(body, label)) == ("content_type_lies",)


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b'{"text": "hi"}', "text/plain; charset=UTF-8"),
        (b'{"text": "hi"}', None),
        (b'{"text": "hi"}', "application/problem+json"),
        (b"hello", JSON),
        (b"null", "text/xml"),
        (b"{hello", FORM),
        (b"--x\r\n\r\nhi\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_a_label_that_is_true_promises_nothing_or_is_only_unreadable(body: bytes, label: str | None) -> None:
    assert found(a_request(body, label)) == ()


def test_several_come_by_weight() -> None:
    raw = a_request(b'{"from": " 14155550123", "status": "x", "text": "caf\xc3\x83\xc2\xa9', FORM)
    assert found(raw) == ("plus_lost", "truncated_json", "mojibake", "content_type_lies")


def test_every_code_has_its_words_and_a_rule_unless_the_ledger_tells_it() -> None:
    from app.domain.findings.checks import CHECKS

    assert FINDINGS.keys() == CHECKS.keys() | LEDGERS | FOLLOWERS
    for code, finding in FINDINGS.items():
        assert (finding.code, explain(code)) == (code, finding)
        assert finding.cause.endswith(".")
        assert finding.cure.endswith(".")
        assert len(finding.title) <= 24


def test_a_code_of_a_newer_version_is_told_as_such() -> None:
    assert "newer version" in explain("from_tomorrow").cause


_TEXT = st.text(max_size=30) | st.sampled_from([" 14155550123", "Ã©", "ð\x9f", "\ud800", "post", "://", "/a?b#c"])
_EVENTS = st.builds(
    Event,
    kind=st.sampled_from(Kind),
    message_id=_TEXT,
    sender_said=st.none() | _TEXT,
    recipient_said=st.none() | _TEXT,
    text=st.none() | _TEXT,
    status=st.none() | st.sampled_from(Status),
    raw_status=st.none() | _TEXT,
    final=st.booleans(),
    said_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(
    events=st.lists(_EVENTS, max_size=3).map(tuple),
    pairs=st.lists(st.tuples(_TEXT, _TEXT), max_size=5).map(tuple),
    fields=st.dictionaries(st.sampled_from(["method", "action", "x"]), _TEXT),
    role=st.sampled_from(Role),
    provider=st.none() | st.just("ytel"),
    method=st.sampled_from(["GET", "POST", "PURGE"]),
    target=_TEXT,
    fits=st.booleans(),
    charset=st.none() | _TEXT,
)
def test_no_facts_make_it_raise_and_its_words_can_be_written(
    events, pairs, fields, role, provider, method, target, fits, charset
) -> None:
    facts = Facts(
        raw=a_request(b"", method=method, target=target), role=role, provider=provider, pairs=pairs, fields=fields,
        events=events, charset=charset, charset_fits=fits,
    )  # fmt: skip
    codes = observe(facts)
    assert list(codes) == [code for code in FINDINGS if code in codes]
    assert not {"empty_get", "empty_probe"} <= set(codes)
    for code in codes:
        cause = explain(code, facts).cause
        assert cause.startswith(FINDINGS[code].cause)
        assert cause.encode()
        assert "\n" not in cause

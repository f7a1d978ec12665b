"""What a bin never stores is in no byte of the stored request, in whatever encoding it was sent."""

import base64
import gzip
import hashlib
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.captures import RawRequest
from app.domain.privacy import Privacy
from app.domain.withheld import NOT_STORED
from app.parsing import parse
from app.parsing.withholding import withhold
from app.parsing.withholding.requests import MAX_BODY
from tests.storage.builders import a_raw

PRIVACY = Privacy(withheld_headers=("authorization", "x-token"), withheld_fields=("card", "cvv"))
VALUE = "4111velvet"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def request(body: bytes | str, kind: str = "", **more: object) -> RawRequest:
    head = b"Host: a\r\n" + (f"Content-Type: {kind}\r\n".encode() if kind else b"")
    data = body.encode() if isinstance(body, str) else body
    values = {"method": "POST", "target": "/key", "head": head, "body": data} | more
    return RawRequest(
        http_version="1.1", body_complete=True, peer="192.0.2.1", received_at=a_raw().received_at, **values
    )  # type: ignore[arg-type]


def parts(*pairs: tuple[str, bytes]) -> tuple[bytes, str]:
    body = b"".join(b"--b\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in pairs)
    return body + b"--b--\r\n", "multipart/form-data; boundary=b"


def test_a_request_without_such_values_is_the_same_object() -> None:
    for raw in (request("a=1&b=2", FORM), request('{"a": "my card is lost"}', JSON), request("hello"), request(b"")):
        assert withhold(raw, PRIVACY) is raw


def test_values_of_headers_are_replaced_whatever_their_case_and_number() -> None:
    head = b"Host: a\r\nAUTHORIZATION:Bearer x\r\nX-A: 1\r\nauthorization: y\r\n z\r\nx-token :t\r\n"
    kept = withhold(request("body", head=head), PRIVACY)
    assert kept.head == (
        b"Host: a\r\nAUTHORIZATION: [not stored]\r\nX-A: 1\r\nauthorization: [not stored]\r\nx-token : [not stored]\r\n"
    )
    assert kept.withheld is not None
    assert kept.withheld.headers == ("authorization", "x-token")
    assert kept.body == b"body"
    assert kept.withheld.body is None


def b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().strip("=")


NESTED = json.dumps({"a": json.dumps({"card": VALUE})})
REPLACED = [
    (f"a=1&card={VALUE}&b=2", FORM), (f"a=1&CARD={VALUE}&card={VALUE}", FORM), (f"c%61rd={VALUE}", FORM),
    (f"c%2561rd={VALUE}", FORM), (f"pay[card]={VALUE}", FORM), (f"card[]={VALUE}", FORM), (f"pay.card={VALUE}", FORM),
    (f"a=1;card={VALUE}", FORM), (f"+card+={VALUE}", FORM), (f"a={quote(json.dumps({'card': VALUE}))}", FORM),
    (f"a={quote(f'card={VALUE}')}", FORM), (f"a={b64(json.dumps({'card': VALUE}))}", FORM),
    (json.dumps({"card": VALUE, "b": [1, {"cvv": {"x": VALUE}}]}), JSON), (f'{{"c\\u0061rd":"{VALUE}"}}', JSON),
    (f'{{"card":1,"card":"{VALUE}"}}', JSON), (f'[{{"Card":["{VALUE}",[{{}}]]}}]', JSON), (NESTED, JSON),
    (json.dumps({"a": NESTED}), JSON), (json.dumps({"card": VALUE}), FORM), (json.dumps({"card": VALUE}), ""),
    (f'{{"a":"x&card={VALUE}"}}', FORM), (f'\ufeff{{"card":"{VALUE}"}}', JSON), (f"card={VALUE}", ""),
    (json.dumps({"a": b64(f"<card>{VALUE}</card>")}), JSON),
    (json.dumps({"a": quote(quote(f"card={VALUE}"))}), JSON), (json.dumps({"a": f"<card>{VALUE}"}), JSON),
    (json.dumps({"a": f"e30.{b64(json.dumps({'card': VALUE}))}.x"}), JSON),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), REPLACED)
def test_a_field_is_replaced_in_any_encoding_and_the_rest_stays(body: str, kind: str) -> None:
    kept = withhold(request(body, kind), PRIVACY)
    assert kept.withheld is not None
    assert kept.withheld.body is None
    assert set(kept.withheld.fields) <= {"card", "cvv"}
    assert kept.withheld.fields
    assert_has_nothing(kept)
    assert b"not" in kept.body
    assert NOT_STORED in str(parse(kept))


DROPPED = [
    (gzip.compress(f"card={VALUE}".encode(), mtime=0), FORM), (f"<p><card>{VALUE}</card></p>".encode(), "text/xml"),
    (f"card,name\n{VALUE},x".encode(), "text/csv"), (f'{{"card":"{VALUE}"}}'.encode("utf-16"), JSON),
    (f'{{"card":"{VALUE}"}}'.encode("utf-16-le"), JSON), (f'{{"card":"{VALUE}"'.encode(), JSON),
    (f'{{"card":"{VALUE}"}}\n{{"card":"{VALUE}"}}'.encode(), JSON), (b"\xff\xfe\x01", ""),
    (b"+AGM-ard", "text/plain; charset=utf-7"), (f"<p>&#99;ard: {VALUE}".encode(), "text/html"),
    (f'[{{"name":"card","value":"{VALUE}"}}]'.encode(), JSON), (f"name=card&value={VALUE}".encode(), FORM),
    (f"card: {VALUE}".encode(), "text/yaml"), (b"a=" + b"x" * MAX_BODY, FORM),
    (f'{{"card=1":"{VALUE}"}}'.encode(), JSON),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), DROPPED)
def test_a_body_that_is_not_certain_is_left_out_and_its_size_and_digest_are_kept(body: bytes, kind: str) -> None:
    kept = withhold(request(body, kind), PRIVACY)
    assert kept.body == b""
    assert kept.withheld is not None
    assert kept.withheld.body is not None
    assert (kept.withheld.body.size, kept.withheld.body.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert "because" in kept.withheld.sentence
    assert_has_nothing(kept)


def test_a_body_with_content_encoding_and_one_of_refused_http_are_left_out() -> None:
    packed = request(b"\x01", FORM, head=b"Content-Encoding: br\r\n")
    refused = request(f"POST /key?card={VALUE} HTTP/9\r\nAuthorization: x\r\n", refused="bad", head=b"", target="/key")
    for raw in (packed, refused):
        kept = withhold(raw, PRIVACY)
        assert kept.body == b""
        assert kept.withheld is not None
    only_headers = Privacy(withheld_headers=("authorization",))
    assert withhold(packed, only_headers) is packed
    assert withhold(refused, only_headers).body == b""


def test_a_query_is_replaced_like_a_form_and_left_out_where_it_is_not_certain() -> None:
    kept = withhold(request("", target=f"/key?a=1&c%61rd={VALUE}"), PRIVACY)
    assert kept.target == "/key?a=1&c%61rd=%5Bnot%20stored%5D"
    kept = withhold(request("a=1", target=f"/key?name=card&value={VALUE}"), PRIVACY)
    assert kept.target == "/key?%5Bnot%20stored%5D"
    assert kept.body == b"a=1"
    assert kept.withheld is not None
    assert "this query" in kept.withheld.sentence


def test_parts_are_replaced_by_their_names() -> None:
    body, kind = parts(
        ('Content-Disposition: form-data; name="card"', VALUE.encode()),
        ("content-disposition: form-data; name=text", b"my card"),
        ("Content-Disposition: form-data; name*=utf-8''c%61rd", VALUE.encode()),
        ('Content-Disposition: form-data; name="x"; filename="c.json"', json.dumps({"card": VALUE}).encode()),
        ('Content-Disposition: form-data; name="p"; filename="p.jpg"', b"\xff\xd8\xff\xe0"),
    )
    kept = withhold(request(body, kind), PRIVACY)
    assert_has_nothing(kept)
    assert kept.body.count(NOT_STORED.encode()) == 3
    assert b"my card" in kept.body
    assert b"\xff\xd8\xff\xe0" in kept.body
    assert [part.text for part in parse(kept).parts or ()][:2] == [NOT_STORED, "my card"]


@pytest.mark.parametrize(
    ("head", "content"),
    [
        ("Content-Disposition: form-data", VALUE.encode()), ('X: a; name="=?utf-8?q?card?="', VALUE.encode()),
        ('Content-Disposition: form-data; name="a"; name="card"', VALUE.encode()),
        ('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', b"eA=="),
        ('Content-Disposition: form-data; name="a"', gzip.compress(VALUE.encode(), mtime=0)),
        ('Content-Disposition: form-data; name="a"', b"\xffcard" + VALUE.encode()),
    ],
)  # fmt: skip
def test_parts_that_are_not_certain_leave_the_body_out(head: str, content: bytes) -> None:
    body, kind = parts((head, content))
    kept = withhold(request(body, kind), PRIVACY)
    assert kept.body == b""


def test_the_framing_of_a_chunked_body_is_not_stored_because_it_repeats_all() -> None:
    raw = request("a=1", FORM, framing=b"3\r\na=1\r\n0\r\nAuthorization: x\r\n\r\n")
    assert withhold(raw, PRIVACY).framing is None


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, "", "multipart/form-data; boundary=b", "text/xml"]))
def test_no_body_raises(body: bytes, kind: str) -> None:
    withhold(request(body, kind, target="/key?" + body.decode("latin-1")), PRIVACY)


@given(st.recursive(st.just(VALUE) | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["a", "card", "CVV", "x.card"]), inner), max_leaves=10))  # fmt: skip
def test_json_stays_json_and_keeps_everything_else(value: object) -> None:
    body = json.dumps({"root": value})
    kept = withhold(request(body, JSON), PRIVACY)
    assert json.loads(kept.body) == {"root": _without(value)}


def _without(value: object) -> object:
    if isinstance(value, list):
        return [_without(item) for item in value]
    if isinstance(value, dict):
        return {
            name: NOT_STORED if name.lower().split(".")[-1] in ("card", "cvv") else _without(item)
            for name, item in value.items()
        }
    return value


@pytest.mark.parametrize(
    ("piece", "kind"),
    [("[", JSON), ('{"a":', JSON), ("a=1&", FORM), ("%25", FORM), ("+", FORM), ("card&", FORM), ('"a",', JSON),
     ("A" * 12 + " ", FORM), ("&amp;", FORM), ("\\u0025", JSON),
     ("--b\r\nname=a\r\n\r\nx\r\n", "multipart/a; boundary=b")],
)  # fmt: skip
def test_hostile_bodies_end(piece: str, kind: str) -> None:
    body = piece * ((MAX_BODY - 10) // len(piece))
    withhold(request(body, kind), PRIVACY)
    withhold(request(f'{{"a":{json.dumps(body)}}}'[:MAX_BODY], JSON), PRIVACY)


def assert_has_nothing(raw: RawRequest) -> None:
    """No form of the value is in the stored bytes."""
    whole = raw.as_message()
    texts = [whole.decode("latin-1")]
    for text in texts:
        assert VALUE not in text
    assert base64.b64encode(VALUE.encode())[:12] not in whole
    assert VALUE.encode("utf-16-le") not in whole
    assert VALUE not in str(parse(raw))

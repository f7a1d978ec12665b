"""The fields of two requests as the parsed view gives them, and the provider's own word on why it used the fallback."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from app.domain.captures import RawRequest
from app.domain.pairings.differences import METHOD, Difference
from app.domain.pairings.model import Hit, Pairing
from app.services.compare import differences, explain_verdict
from tests.storage.builders import a_raw

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def _raw(
    body: str = "", query: str = "", content_type: str = "application/x-www-form-urlencoded", **more: str
) -> RawRequest:
    headers = ((b"Content-Type", content_type.encode()),)
    return a_raw(body.encode(), headers=headers, target=f"/0123456789abcdef?{query}" if query else "/x", **more)


def _said(
    primary: RawRequest, fallback: RawRequest, provider: str | None = None
) -> list[tuple[str, str | None, str | None]]:
    return [(each.field, each.primary, each.fallback) for each in differences(primary, fallback, provider)]


def test_forms_and_queries_are_compared_by_their_fields() -> None:
    primary = _raw(urlencode({"From": "+1", "Text": "a b"}), "x=1")
    fallback = _raw(urlencode({"From": "+1", "Text": "a c"}), "x=2")
    assert _said(primary, fallback) == [("x", "1", "2"), ("Text", "a b", "a c")]
    assert _said(primary, primary) == []


def test_the_same_fields_by_another_method_differ_in_the_method_only() -> None:
    fields = urlencode({"From": "+1", "Text": "a"})
    found = _said(_raw(fields), _raw("", fields, method="GET"))
    assert found == [(METHOD, "POST", "GET")]


def test_json_leaves_stand_under_their_paths() -> None:
    bodies = [json.dumps({"data": {"to": [{"phone": "1"}], "n": number}}) for number in (1, 2)]
    primary, fallback = (_raw(body, content_type="application/json") for body in bodies)
    assert _said(primary, fallback) == [("data.n", "1", "2")]


def test_xml_texts_and_attributes_stand_under_their_paths() -> None:
    bodies = [f'<sms id="{id}"><to>{to}</to><text>hi</text></sms>' for id, to in (("1", "a"), ("2", "b"))]
    primary, fallback = (_raw(body, content_type="text/xml") for body in bodies)
    assert _said(primary, fallback) == [("sms.id", "1", "2"), ("sms.to", "a", "b")]


def test_a_body_without_fields_is_compared_as_it_is() -> None:
    primary, fallback = (_raw(body, content_type="text/plain") for body in ("hello there", "hello you"))
    assert _said(primary, fallback) == [("body", "hello there", "hello you")]


@pytest.mark.parametrize(
    ("provider", "fields"),
    [("ytel", {"Action": "/b"}), ("twilio", {"ErrorCode": "11200", "ErrorUrl": "https://x"}), ("vonage", {"sig": "1"})],
)
def test_what_a_provider_always_sends_otherwise_is_expected(provider: str, fields: dict[str, str]) -> None:
    found = differences(_raw("Text=a"), _raw(urlencode({"Text": "b", **fields})), provider)
    assert {each.field: each.expected for each in found} == {"Text": False} | dict.fromkeys(fields, True)


def test_the_providers_error_code_is_explained_next_to_the_verdict() -> None:
    hits = (
        Hit(n=1, at=AT, fallback=False, method="POST", ok=False, status=500),
        Hit(n=2, at=AT, fallback=True, method="POST", ok=True),
    )
    pairing = Pairing(message_id="m", voice=False, hits=hits, provider="twilio")
    code = Difference(field="ErrorCode", primary=None, fallback="11200", expected=True)
    assert explain_verdict(pairing, [code]) == (
        "The primary answered 500; the fallback accepted it 0 ms later."
        " Twilio reported 11200: The URL could not be fetched, or answered with an error."
    )
    unknown = Difference(field="ErrorCode", primary=None, fallback="1", expected=True)
    assert explain_verdict(pairing, [unknown]).endswith(" Twilio reported 1.")

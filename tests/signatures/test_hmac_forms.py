"""Signing by one of the 108 forms: each is found again, and the headers of the request are kept."""

from datetime import UTC, datetime

import pytest

from app.domain.captures import Headers
from app.signatures.drafts import Draft
from app.signatures.hmac_forms import sign_by_form
from app.signatures.schemes.generic import FORMS, find

AT = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
SECRET = "00112233445566778899aabbccddeeff"
SHA256 = "sha256=" + "0" * 64


def signed(name: str, *headers: tuple[bytes, bytes], wrongly: bool = False) -> Draft:
    draft = Draft(method="POST", url="https://example.net/k", headers=headers, body=b"{}", at=AT, wrongly=wrongly)
    return sign_by_form(draft, SECRET, FORMS[name])


def found_in(draft: Draft) -> str | None:
    found = find(draft.as_request(), SECRET)
    return None if found is None else found.form.name


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_found_in_what_was_signed_by_it(name: str) -> None:
    assert found_in(signed(name)) == name
    assert found_in(signed(name, wrongly=True)) is None


def names(headers: Headers) -> list[bytes]:
    return [name for name, _ in headers]


def test_a_request_without_headers_for_it_gets_new_ones() -> None:
    assert names(signed("hmac:sha1:hex:id.ts.body:text").headers) == [b"X-Timestamp", b"X-Id", b"X-Signature"]
    assert names(signed("hmac:sha1:hex:ts.body:text").headers) == [b"X-Timestamp", b"X-Signature"]
    assert names(signed("hmac:sha1:hex:body:text").headers) == [b"X-Signature"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"1700000000", b"1795896000"),
        (b"1700000000000", b"1795896000000"),
        (b"2023-11-14T22:13:20Z", b"2026-11-28T20:00:00Z"),
    ],
)
def test_headers_of_the_sender_are_used_as_they_were(old: bytes, new: bytes) -> None:
    headers = ((b"X-Acme-Id", b"evt_1"), (b"X-Acme-Time", old), (b"X-Acme-Signature", SHA256.encode()), (b"A", b"b"))
    draft = signed("hmac:sha256:hex:id.ts.body:text", *headers)
    assert names(draft.headers) == [b"X-Acme-Id", b"X-Acme-Time", b"X-Acme-Signature", b"A"]
    assert draft.first(b"x-acme-time") == new
    assert (draft.first(b"x-acme-signature") or b"").startswith(b"sha256=")
    assert found_in(draft) == "hmac:sha256:hex:id.ts.body:text"


def test_a_time_in_the_header_of_the_signature_is_replaced() -> None:
    draft = signed("hmac:sha256:hex:ts.body:text", (b"Acme-Signature", b"t=1700000000,v1=" + b"0" * 64))
    assert (draft.first(b"acme-signature") or b"").startswith(b"t=1795896000,v1=")
    assert found_in(draft) == "hmac:sha256:hex:ts.body:text"

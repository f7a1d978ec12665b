"""A request that is about to be signed: its headers in their order, its time and its nonce."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.signatures.drafts import Draft

DRAFT = Draft(
    method="POST",
    url="https://example.net/k",
    headers=((b"A", b"1"), (b"b", b"2"), (b"a", b"3")),
    body=b"{}",
    at=datetime(2026, 11, 28, 20, 0, 0, 999_999, tzinfo=UTC),
)


def test_headers_are_found_and_left_out_whatever_their_case() -> None:
    assert (DRAFT.first(b"a"), DRAFT.first(b"c")) == (b"1", None)
    assert DRAFT.without([b"a"]).headers == ((b"b", b"2"),)


def test_new_headers_replace_those_with_the_same_name_and_stand_at_the_end() -> None:
    assert DRAFT.having((b"B", b"4"), (b"c", b"5")).headers == (
        (b"A", b"1"), (b"a", b"3"), (b"B", b"4"), (b"c", b"5"),
    )  # fmt: skip


def test_the_time_is_in_whole_seconds() -> None:
    assert DRAFT.stamp == b"1795896000"


def test_a_nonce_differs_for_each_time_url_and_body() -> None:
    others = (
        replace(DRAFT, at=DRAFT.at + timedelta(microseconds=1)),
        replace(DRAFT, url="https://example.net/l"),
        replace(DRAFT, body=b"[]"),
    )
    assert len({DRAFT.nonce, *(other.nonce for other in others)}) == 4
    assert DRAFT.nonce == replace(DRAFT, headers=()).nonce
    assert (len(DRAFT.nonce), int(DRAFT.nonce, 16) > 0) == (32, True)
    assert UUID(DRAFT.uuid).hex == DRAFT.nonce


def test_a_scheme_sees_all_of_it() -> None:
    request = DRAFT.as_request()
    assert (request.url, request.body, request.raw.headers) == (DRAFT.url, b"{}", DRAFT.headers)
    assert (request.raw.method, request.raw.received_at) == ("POST", DRAFT.at)

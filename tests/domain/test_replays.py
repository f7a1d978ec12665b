"""Replay: which bytes are sent, to which address, and which captures a selection names."""

from datetime import UTC, datetime

import pytest

from app.domain.captures import RawRequest, write_lines
from app.domain.replays import MOST_AT_ONCE, read_selection, replayed, without_secrets
from app.domain.roles import Role

KEY = "0123456789abcdef"


def _raw(target: str = f"/{KEY}", *headers: tuple[bytes, bytes], **values: object) -> RawRequest:
    usual = {"method": "POST", "target": target, "http_version": "1.1", "head": write_lines(headers), "body": b"a=1"}
    at = datetime(2026, 11, 27, tzinfo=UTC)
    return RawRequest(**usual | {"body_complete": True, "peer": "192.0.2.1", "received_at": at} | values)


def _lines(raw: RawRequest, *, url: str = "http://host:8080/sms", with_credentials: bool = False) -> list[bytes]:
    head, _, body = replayed(raw, Role.FALLBACK, url, with_credentials=with_credentials).partition(b"\r\n\r\n")
    assert body == raw.body
    return head.split(b"\r\n")


def test_headers_of_the_connection_are_set_anew_and_the_rest_stays_in_order() -> None:
    raw = _raw(
        f"/{KEY}", (b"Host", b"old"), (b"X-B", b"1"), (b"Connection", b"X-Hop"), (b"X-Hop", b"1"), (b"x-b", b"2"),
        (b"Transfer-Encoding", b"chunked"),
    )  # fmt: skip
    assert _lines(raw) == [
        b"POST /sms HTTP/1.1", b"Host: host:8080", b"X-B: 1", b"x-b: 2", b"Content-Length: 3", b"Connection: close",
    ]  # fmt: skip


def test_credentials_and_what_a_proxy_added_go_along_only_on_demand() -> None:
    secrets = ((b"Authorization", b"a"), (b"Cookie", b"b"), (b"X-Forwarded-For", b"c"), (b"Forwarded", b"d"))
    raw = _raw(f"/{KEY}", *secrets)
    assert len(_lines(raw)) == 4
    assert len(_lines(raw, with_credentials=True)) == 4 + len(secrets)


@pytest.mark.parametrize(
    ("target", "url", "path"),
    [
        (f"/{KEY}", "http://host", "/"),
        (f"/{KEY}/fallback", "http://host/sms", "/sms"),
        (f"/{KEY}/fallback/a%20b/", "http://host/sms/", "/sms/a%20b/"),
        (f"/{KEY}/other", "http://host/sms", "/sms/other"),
        (f"/prefix/{KEY}?x=%31", "http://host/sms?y=2", "/sms?y=2&x=%31"),
        ("/elsewhere?x=1", "http://host/sms", "/sms?x=1"),
    ],
)
def test_the_path_after_the_role_and_both_queries_are_kept(target: str, url: str, path: str) -> None:
    assert _lines(_raw(target), url=url)[0] == f"POST {path} HTTP/1.1".encode()


def test_what_cannot_be_written_as_one_request_is_refused() -> None:
    with pytest.raises(ValueError, match="not valid HTTP"):
        replayed(_raw(refused="broken"), Role.PRIMARY, "http://host", with_credentials=False)
    with pytest.raises(ValueError, match="line break"):
        replayed(_raw(f"/{KEY}", (b"X", b"a\nb")), Role.PRIMARY, "http://host", with_credentials=False)


def test_an_address_is_shown_without_the_values_of_its_query() -> None:
    assert without_secrets("https://host/a?token=secret&flag") == "https://host/a?token=…&flag"
    assert without_secrets("https://host/a") == "https://host/a"


def test_a_selection_names_numbers_and_ranges_in_its_order() -> None:
    assert read_selection("43 44") == [43, 44]
    assert read_selection("#43, 47-49,#5-#6") == [43, 47, 48, 49, 5, 6]
    assert read_selection("") == []


@pytest.mark.parametrize("text", ["x", "4-3", "1-", f"1-{MOST_AT_ONCE + 1}", "٣", "1" * 19])
def test_a_selection_that_names_no_captures_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a request number|ascending"):
        read_selection(text)

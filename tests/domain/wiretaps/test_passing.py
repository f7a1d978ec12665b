"""What of a handler's answer reaches the provider."""

import pytest

from app.domain.answers.limits import MOST_BODY
from app.domain.captures import Headers
from app.domain.wiretaps.model import HandlerAnswer
from app.domain.wiretaps.passing import as_answer, is_intact, passed_on


def answer(*headers: tuple[bytes, bytes], status: int = 200, body: bytes = b"") -> HandlerAnswer:
    return HandlerAnswer(status=status, headers=headers, body=body, took_s=0.1)


def passed(*headers: tuple[bytes, bytes]) -> Headers:
    return passed_on(answer(*headers), url="https://h.example/a/sms?x=1", path="/key").headers


def test_order_case_and_repeats_of_headers_stay() -> None:
    headers = ((b"X-B", b"1"), (b"x-a", b"\xe9"), (b"X-B", b"2"), (b"Content-Encoding", b"gzip"))
    assert passed(*headers) == headers


@pytest.mark.parametrize(
    "name",
    [b"Connection", b"Transfer-Encoding", b"content-length", b"X-Capture", b"Date", b"Cache-Control",
     b"Content-Security-Policy", b"Strict-Transport-Security", b"Clear-Site-Data", b"X-Accel-Redirect", b"X-Named"],
)  # fmt: skip
def test_headers_of_the_connection_and_of_smsbin_are_left_out(name: bytes) -> None:
    assert passed((name, b"x"), (b"Connection", b"close, x-named"), (b"X-Kept", b"1")) == ((b"X-Kept", b"1"),)


@pytest.mark.parametrize("header", [(b"X: y", b""), (b"", b"x"), (b"X", b"a\rb"), (b"X", b"a\nb"), (b"X", b"\0")])
def test_headers_that_could_become_several_are_refused(header: tuple[bytes, bytes]) -> None:
    with pytest.raises(ValueError, match="not valid HTTP"):
        passed(header)


@pytest.mark.parametrize(
    ("given", "location"),
    [
        (b"next?y=1", b"https://h.example/a/next?y=1"),
        (b"/next", b"https://h.example/next"),
        (b"//other.example/", b"https://other.example/"),
        (b"http://other.example/", b"http://other.example/"),
    ],
)
def test_a_location_is_seen_from_the_handler(given: bytes, location: bytes) -> None:
    assert passed((b"Location", given)) == ((b"Location", location),)


def test_a_location_that_is_no_url_is_refused() -> None:
    with pytest.raises(ValueError, match="Location"):
        passed((b"Location", b"http://["))


def test_a_cookie_stays_at_the_capture_url() -> None:
    cookie = passed((b"Set-Cookie", b"a=b; Path=/; HttpOnly; Domain=h.example"))
    assert cookie == ((b"Set-Cookie", b"a=b; HttpOnly; Path=/key"),)


def test_a_status_without_a_body_has_none() -> None:
    assert passed_on(answer(status=204, body=b"x"), url="http://h/", path="/").body == b""


def test_a_large_or_binary_body_is_stored_as_far_as_it_is_text() -> None:
    stored = as_answer(answer(body=b"\xff" + b"a" * MOST_BODY))
    assert stored.body == "\ufffd" + "a" * (MOST_BODY - 1)


def test_broken_xml_is_not_intact() -> None:
    xml = (b"Content-Type", b"text/xml")
    assert is_intact(answer(xml, body=b"<Response/>"))
    assert not is_intact(answer(xml, body=b"<Response>"))
    assert is_intact(answer(xml, body=b"<Response>" + b" " * MOST_BODY))

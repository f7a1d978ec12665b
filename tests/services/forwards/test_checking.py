"""Whether a forward can be stored."""

import pytest
from msgspec.structs import replace

from app.domain.forwards.model import (
    MAX_NAME,
    MAX_TIMEOUT_S,
    MIN_TIMEOUT_S,
    EventContent,
    Forward,
    ForwardMode,
    ForwardSignature,
)
from app.errors import Invalid
from app.services.forwards.checking import check_forward, filter_problems

GOOD = Forward(name="handler", url="https://example.net/sms")


def _wrong(own: tuple[str, ...] = (), **changed: object) -> list[str]:
    with pytest.raises(Invalid) as error:
        check_forward(replace(GOOD, **changed), own)
    return [field for field, _ in error.value.problems]


def test_blanks_around_name_and_filter_are_left_out() -> None:
    assert check_forward(replace(GOOD, name=" handler ", filter=" kind:inbound "), ()) == replace(
        GOOD, filter="kind:inbound"
    )


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", "x" * MAX_NAME, "x" * (MAX_NAME + 1)),
        ("name", "x", " "),
        ("name", "a b", "a\nb"),
        ("timeout_s", MIN_TIMEOUT_S, MIN_TIMEOUT_S - 1),
        ("timeout_s", MAX_TIMEOUT_S, MAX_TIMEOUT_S + 1),
        ("url", "http://example.net", "ftp://example.net"),
        ("filter", "from:+1415*", "fro:x"),
    ],
)
def test_a_value_at_its_limit_is_elsewhere_and_one_behind_it_is_not(field: str, good: object, bad: object) -> None:
    assert getattr(check_forward(replace(GOOD, **{field: good}), ()), field) == good
    assert _wrong(**{field: bad}) == [field]


def test_every_wrong_field_is_named() -> None:
    assert _wrong(name="", url="x", timeout_s=0, filter="after:10m") == ["url", "filter", "name", "timeout_s"]


def test_nothing_is_forwarded_to_this_server_in_any_spelling() -> None:
    for own, url in (
        ("Example.NET", "https://example.net/sms"),
        ("example.net", "https://EXAMPLE.net/sms"),
        ("example.net", "https://example.net:443/sms"),
        ("example.net:80", "http://example.net/sms"),
    ):
        assert _wrong((own,), url=url) == ["url"]
    assert check_forward(GOOD, ("example.net:8010", "")) == GOOD
    assert check_forward(replace(GOOD, url="https://example.net:80/sms"), ("example.net",)).url.endswith(":80/sms")


def test_a_filter_may_not_depend_on_the_forward_or_on_the_time_now() -> None:
    assert filter_problems("after:2026-11-25 after:#10 text~late") == []
    assert len(filter_problems("forward:failed before:10m")) == 2
    assert filter_problems("code -target:x*") == ["must not contain target:, which depends on the forward itself"]


def test_events_are_always_signed_by_smsbin_and_have_no_headers_of_the_provider() -> None:
    event = replace(GOOD, mode=ForwardMode.EVENT)
    for given in (ForwardSignature.SENT, ForwardSignature.SMSBIN):
        assert check_forward(replace(event, signature=given), ()).signature is ForwardSignature.SMSBIN
    assert _wrong(mode=ForwardMode.EVENT, signature=ForwardSignature.TARGET) == ["signature"]
    assert _wrong(mode=ForwardMode.EVENT, credentials=True) == ["credentials"]
    whole = replace(event, credentials=True, event_content=EventContent.RAW)
    assert check_forward(whole, ()).credentials
    assert _wrong(event_content=EventContent.THIN) == ["event_content"]
    assert check_forward(replace(GOOD, signature=ForwardSignature.TARGET), ()).signature is ForwardSignature.TARGET

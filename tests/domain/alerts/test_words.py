"""What notices say: the condition, and nothing that a capture contains."""

from datetime import UTC, datetime

import pytest

from app.domain.alerts.model import Alert, AlertKind, AlertNotice, NoticeKind
from app.domain.alerts.words import condition_text, masked, notice_text, notice_title

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {"kind": AlertKind.MATCHES, "filter": "status:failed", "more_than": 3},
            "more than 3 requests that match status:failed within 10 minutes",
        ),
        ({"kind": AlertKind.MATCHES, "filter": "status:failed"}, "a request that matches status:failed"),
        ({"kind": AlertKind.MATCHES, "more_than": 1_000}, "more than 1,000 requests within 10 minutes"),
        ({"kind": AlertKind.FALLBACK}, "a request on a fallback URL, because the primary did not work"),
        ({"kind": AlertKind.SIGNATURE}, "a request whose signature is not valid"),
        (
            {"kind": AlertKind.UNFINISHED, "within_s": 300},
            "an outbound message without a final status after 5 minutes",
        ),
        ({"kind": AlertKind.SILENCE, "within_s": 7_200}, "no requests for 2 hours"),
        (
            {"kind": AlertKind.SILENCE, "within_s": 7_200, "filter": "to:+14155550100", "more_than": 20},
            "no requests that match to:+14155550100 for 2 hours, after more than 20 in a day",
        ),
        (
            {"kind": AlertKind.SMSBIN, "within_s": 30, "more_than": 1_000},
            "smsbin refuses requests, or has more than 1,000 not parsed, for 30 seconds",
        ),
        ({"kind": AlertKind.SMSBIN, "within_s": 0}, "smsbin refuses requests, or has more than 0 not parsed"),
    ],
)  # fmt: skip
def test_a_condition_in_words(values: dict[str, object], text: str) -> None:
    assert condition_text(Alert(name="A", **values)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("calls to +1 (415) 555-0100", "calls to …00"), ("to:+14155550100", "to:…00"), ("14155550123 late", "…23 late"),
        ("shop 24/7, more than 1000", "shop 24/7, more than 1000"), ("#104032", "#…32"), ("no digits", "no digits"),
    ],
)  # fmt: skip
def test_whole_numbers_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_notice_has_no_number_and_no_filter_unless_asked() -> None:
    values = {"name": "To +14155550100", "kind": AlertKind.MATCHES, "filter": "text~secret", "more_than": 3}
    notice = AlertNotice(kind=NoticeKind.FIRING, at=NOON, since=NOON, count=4, n=1_040)
    alert, asked = Alert(**values), Alert(**values, include_texts=True)
    assert notice_title(alert, notice) == "Alert: To …00"
    assert notice_text(alert, notice, "Line 14155550123") == (
        "More than 3 requests that match its filter within 10 minutes, in bin Line …23."
        " Since 2026-11-29 12:00:00 UTC. 4 so far, the newest is #1040."
    )
    assert notice_title(asked, notice) == "Alert: To +14155550100"
    assert "text~secret" in notice_text(asked, notice, "Line 14155550123")


@pytest.mark.parametrize(
    ("kind", "title", "part"),
    [
        (NoticeKind.TEST, "Test: A", "This is a test"),
        (NoticeKind.RESOLVED, "All clear: A", "It has ended: no requests"),
        (NoticeKind.REMINDER, "Still firing: A", "The last one was #7."),
        (NoticeKind.MISSED, "Fired during quiet hours: A", "It began at 2026-11-29 12:00:00 UTC."),
    ],
)  # fmt: skip
def test_each_kind_of_notice_has_its_words(kind: NoticeKind, title: str, part: str) -> None:
    alert = Alert(name="A", kind=AlertKind.SILENCE, within_s=7_200)
    notice = AlertNotice(kind=kind, at=NOON, since=NOON, count=1, n=7)
    assert notice_title(alert, notice) == title
    assert part in notice_text(alert, notice, "B")


def test_trouble_of_smsbin_is_named() -> None:
    notice = AlertNotice(kind=NoticeKind.FIRING, at=NOON, since=NOON, trouble="requests are answered 503")
    text = notice_text(Alert(name="A", kind=AlertKind.SMSBIN), notice, "B")
    assert text.endswith("Since 2026-11-29 12:00:00 UTC. Requests are answered 503.")

"""Twilio's alerts: which of them are about a webhook, and about which URL."""

import json

import pytest

from app.domain.bins import KEY_LENGTH
from app.domain.reconciliation.records import ProviderNote
from app.domain.roles import Role
from app.records.shapes.twilio import WEBHOOK_ERRORS, bare_url, role_of
from tests.records.support import entries, sample

KEY = "k7m2q9xw4tz3r8vh"


@pytest.mark.parametrize(
    ("url", "role"),
    [
        (f"https://sms.example.net/{KEY}", Role.PRIMARY),
        (f"https://sms.example.net/{KEY}/", Role.PRIMARY),
        (f"https://sms.example.net/{KEY}/fallback", Role.FALLBACK),
        (f"https://sms.example.net/base/{KEY}/status/42", Role.STATUS),
        (f"https://sms.example.net/{KEY}/other", Role.PRIMARY),
        (f"https://sms.example.net/{KEY}/voice-fallback", Role.VOICE_FALLBACK),
        ("https://sms.example.net/k/status", Role.STATUS),
        ("https://sms.example.net/", Role.PRIMARY),
        ("https://sms.example.net", Role.PRIMARY),
    ],
)
def test_the_role_of_a_url(url: str, role: Role) -> None:
    assert len(KEY) == KEY_LENGTH
    assert role_of(url) is role


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://user:secret@sms.example.net:8443/k?a=1#b", "https://sms.example.net:8443/k"),
        ("http://SMS.example.net/k", "http://sms.example.net/k"),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("https://a:99999/", None),
        ("https:///k", None),
        ("", None),
    ],
)
def test_an_address_loses_what_may_be_secret(url: str, bare: str | None) -> None:
    assert bare_url(url) == bare


def test_an_alert_is_a_note() -> None:
    first, second = entries(sample("twilio-alerts.json"))
    assert isinstance(first, ProviderNote)
    assert (first.about, first.code, first.role) == ("SM000000000000000000000000000000a4", "11200", Role.PRIMARY)
    assert first.note == "could not fetch the URL, 11200"
    assert first.at is not None
    assert first.at.us == 1_795_896_121_000_000
    assert isinstance(second, ProviderNote)
    assert (second.code, second.role, second.url) == ("11205", Role.STATUS, f"https://sms.example.net/{KEY}/status")
    assert entries(sample("twilio-alert-instance.json")) == [first]


def test_an_alert_about_something_else_is_left_out() -> None:
    value = json.loads(sample("twilio-alerts.json"))
    value["alerts"][0]["error_code"] = "30003"
    value["alerts"][1]["resource_sid"] = None
    assert "30003" not in WEBHOOK_ERRORS
    assert entries(json.dumps(value)) == []


def test_an_alert_without_an_address_has_no_role() -> None:
    value = json.loads(sample("twilio-alerts.json"))
    value["alerts"][0]["request_url"] = None
    note = entries(json.dumps(value))[0]
    assert isinstance(note, ProviderNote)
    assert (note.url, note.role) == (None, None)

"""Shapes of the API that need no server: findings in words."""

from datetime import UTC, datetime

import msgspec

from app.domain.captures import Capture, CaptureRow, RawRequest, Reading
from app.domain.findings import FINDINGS
from app.domain.roles import Role
from app.providers import recognise
from app.web.captures.shapes import show_capture, show_row
from app.web.openapi import document
from tests.storage.builders import a_raw


def _capture(raw: RawRequest, reading: Reading) -> Capture:
    row = CaptureRow(
        n=1, seq=1, received_at=datetime(2026, 11, 25, tzinfo=UTC), role=Role.PRIMARY, method=raw.method,
        target=raw.target, peer=raw.peer, size=len(raw.body), content_type=None, body_complete=True, reading=reading,
        outcome=None,
    )  # fmt: skip
    return Capture(row=row, raw=raw, sha256="0" * 64)


def test_findings_are_codes_in_the_summary_and_words_in_the_capture() -> None:
    raw = a_raw(b"From=+14155550123&Text=hi&Tag=1&Tag=2", headers=())
    capture = _capture(raw, recognise(raw, Role.PRIMARY))
    assert show_row(capture.row).findings == ["plus_lost", "repeated_field"]
    details = show_capture(capture).finding_details
    assert [detail.code for detail in details] == ["plus_lost", "repeated_field"]
    assert "“ 14155550123”" in details[0].cause
    assert details[0].cure == FINDINGS["plus_lost"].cure


def test_a_stored_code_has_words_even_where_the_rule_no_longer_fires() -> None:
    capture = _capture(a_raw(), Reading(findings=("duplicate", "mojibake", "from_tomorrow"), provider="acme"))
    details = msgspec.to_builtins(show_capture(capture).finding_details)
    assert [detail["code"] for detail in details] == ["duplicate", "mojibake", "from_tomorrow"]
    assert all(detail["cause"] and detail["cure"] for detail in details)


def test_a_usual_capture_has_no_findings() -> None:
    shown = show_capture(_capture(a_raw(), Reading()))
    assert (shown.findings, shown.finding_details) == ([], [])


def test_the_document_lists_the_codes() -> None:
    summary = document("")["components"]["schemas"]["CaptureSummary"]
    assert summary["properties"]["findings"]["items"]["enum"] == list(FINDINGS)

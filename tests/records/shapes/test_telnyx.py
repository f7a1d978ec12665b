"""Telnyx: detail records with the status of the webhook, and every attempt of a delivery."""

import json

import pytest

from app.domain.reconciliation.records import ProviderNote
from app.domain.roles import Role
from app.domain.statuses import Status
from app.records.shapes.telnyx import MAX_ATTEMPTS
from tests.records.support import entries, records, sample


def test_detail_records_have_parties_times_and_the_answer_to_the_webhook() -> None:
    rows = records(sample("telnyx-detail-records.json"))
    assert (rows[0].sender, rows[0].recipient) == ("+14155550123", "+12125550199")
    assert [row.webhook_ok for row in rows] == [True, True, True, False]
    assert (rows[2].status, rows[2].error_code) == (Status.FAILED, "40008")
    assert rows[0].ids[1] == "834f3d53-8a3c-4aa0-a733-7f2d682a72d0:+12125550199"


@pytest.mark.parametrize(
    ("word", "status", "final"),
    [("DELIVERED", Status.DELIVERED, True), ("GW_REJECT", Status.FAILED, True), ("GW_TIMEOUT", Status.UNKNOWN, True),
     ("DLR_TIMEOUT", Status.UNKNOWN, True), ("DLR_UNCONFIRMED", Status.UNKNOWN, True), ("sent", Status.SENT, False)],
)  # fmt: skip
def test_words_of_reports(word: str, status: Status, final: bool) -> None:
    row = records(sample("telnyx-mdrs.json").replace(b"DELIVERED", word.encode()))[0]
    assert (row.word, row.status, row.final) == (word, status, final)


def test_a_report_as_csv_is_recognised() -> None:
    row = records(
        "ID,Created_At,Direction,CLI,CLD,Status,Parts\nx1,2026-11-28 20:00:05,outbound,+1212,+1415,FAILED,2\n"
    )[0]
    assert (row.provider, row.ids[0], row.status, row.segments) == ("telnyx", "x1", Status.FAILED, 2)


def test_attempts_are_notes_the_oldest_first() -> None:
    first, second = entries(sample("telnyx-webhook-deliveries.json"))
    assert isinstance(first, ProviderNote)
    assert isinstance(second, ProviderNote)
    assert (first.code, first.note, first.role) == ("502", "attempt 1 got 502", Role.PRIMARY)
    assert (second.code, second.note) == ("75", "attempt 2 got no response, error 75")
    assert first.about == second.about == "834f3d53-8a3c-4aa0-a733-7f2d682a72d3"
    assert not first.ok


def test_attempts_are_bounded_and_need_a_message() -> None:
    value = json.loads(sample("telnyx-webhook-deliveries.json"))
    value["data"][0]["attempts"] *= MAX_ATTEMPTS
    assert len(entries(json.dumps(value))) == MAX_ATTEMPTS
    value["data"][0]["webhook"]["payload"]["id"] = None
    assert entries(json.dumps(value)) == []

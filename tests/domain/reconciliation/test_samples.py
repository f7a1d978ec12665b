"""Every sample of a provider's file gives the verdicts that its rows were made for: in most of them the third row is a
failed message, and the fourth one a message whose webhook never arrived.
"""

import gzip
import io
import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.model import SeenMessage
from app.domain.reconciliation.records import ProviderNote, Record
from app.domain.reconciliation.verdicts import RecordReason, RecordVerdict
from app.domain.statuses import FAILURES, Status
from tests.records.support import FILES, arrived, entries, reconciled, sample

NOTES = {"twilio-alerts.json", "twilio-alert-instance.json", "telnyx-webhook-deliveries.json"}
# The rows of which nothing arrived. Other files have rows that arrived only.
LOST = {
    "bandwidth-messages.json": 4,
    "plivo-mdr-download.csv": 4,
    "plivo-messages.json": 4,
    "telnyx-detail-records.json": 4,
    "twilio-bulkexport.jsonl": 4,
    "twilio-console.csv": 4,
    "twilio-messages.json": 4,
    "vonage-report-sms-inbound.csv": 2,
}
FAILED_THIRD = {
    "bandwidth-messages.json", "plivo-mdr-download.csv", "plivo-messages.json", "telnyx-detail-records.json",
    "twilio-bulkexport.jsonl", "twilio-console.csv", "twilio-messages.json",
}  # fmt: skip


def _verdicts(name: str, data: bytes | None = None) -> list[tuple[RecordVerdict, RecordReason | None]]:
    """Of each row, if all rows but the lost one arrived."""
    found = entries(sample(name) if data is None else data)
    rows = [entry for entry in found if isinstance(entry, Record)]
    messages = [arrived(row, row.row) for row in rows if row.row != LOST.get(name)]
    join = reconciled(messages, found)
    assert list(join.unlisted()) == []
    return [(result.verdict, result.reason) for result in join.results()]


def _expected(name: str, count: int) -> list[RecordVerdict]:
    return [RecordVerdict.NO_WEBHOOK if row == LOST.get(name) else RecordVerdict.SEEN for row in range(1, count + 1)]


@pytest.mark.parametrize("name", sorted(set(FILES) - NOTES))
def test_a_sample_has_the_verdicts_that_it_was_made_for(name: str) -> None:
    found = _verdicts(name)
    assert [verdict for verdict, _ in found] == _expected(name, len(found))
    reasons = [reason for verdict, reason in found if verdict is RecordVerdict.NO_WEBHOOK]
    states_it = name.startswith(("plivo", "telnyx"))
    assert reasons == ([RecordReason.PROVIDER_ALERT if states_it else RecordReason.UNKNOWN] if name in LOST else [])


@pytest.mark.parametrize("name", sorted(FAILED_THIRD))
def test_the_third_row_of_most_samples_has_failed(name: str) -> None:
    rows = [entry for entry in entries(sample(name)) if isinstance(entry, Record)]
    assert rows[2].status in FAILURES
    assert rows[2].final
    assert rows[2].error_code


@pytest.mark.parametrize("name", sorted(NOTES))
def test_what_the_provider_states_is_no_record(name: str) -> None:
    found = entries(sample(name))
    assert found
    assert all(isinstance(entry, ProviderNote) and not entry.ok for entry in found)
    join = reconciled([], found)
    assert list(join.results()) == []
    assert join.summary().notes == len(found)


def _utf16(data: bytes) -> bytes:
    return data.decode().encode("utf-16")


def _utf16_without_mark(data: bytes) -> bytes:
    return data.decode().encode("utf-16-le")


def _cp1252(data: bytes) -> bytes:
    return data.decode().replace("working", "wörking").replace("hello", "hèllo").encode("cp1252")


def _sep(data: bytes) -> bytes:
    return b"sep=,\r\n" + data


def _marked(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def _marked_sep(data: bytes) -> bytes:
    return _marked(_sep(data))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data)


def _zip(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", data)
    return file.getvalue()


def _upper(data: bytes) -> bytes:
    header, rest = data.split(b"\n", 1)
    return header.upper() + b"\n" + rest


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


TABLES = sorted(name for name in FILES if name.endswith(".csv"))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "changed", [_utf16, _utf16_without_mark, _cp1252, _sep, _marked, _marked_sep, _gzip, _zip, _upper, _crlf]
)
def test_a_table_means_the_same_in_another_charset_packing_or_spelling(name: str, changed) -> None:
    assert _verdicts(name, changed(sample(name))) == _verdicts(name)


@pytest.mark.parametrize("name", sorted(set(FILES) - set(TABLES) - NOTES))
@pytest.mark.parametrize("changed", [_utf16, _marked, _gzip, _zip, _crlf])
def test_json_means_the_same_in_another_charset_or_packing(name: str, changed) -> None:
    assert _verdicts(name, changed(sample(name))) == _verdicts(name)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_with_another_separator_means_the_same(separator: str) -> None:
    name = "plivo-mdr-download.csv"
    assert _verdicts(name, sample(name).replace(b",", separator.encode())) == _verdicts(name)


def test_rows_may_be_newest_first() -> None:
    header, *rows = sample("plivo-mdr-download.csv").splitlines(keepends=True)
    turned = b"".join([header, *reversed([row.rstrip(b"\n") + b"\n" for row in rows])])
    found = entries(turned)
    lost = "6a3e0f2c-0e2b-11f0-9d3a-0242ac110004"
    kept = [entry for entry in found if isinstance(entry, Record) and entry.ids != (lost,)]
    results = list(reconciled([arrived(row, row.row) for row in kept], found).results())
    assert [result.verdict for result in results] == [RecordVerdict.NO_WEBHOOK] + 3 * [RecordVerdict.SEEN]


def test_numbers_that_a_spreadsheet_has_spoiled_are_found_by_their_ids() -> None:
    name = "plivo-mdr-download.csv"
    spoiled = sample(name).replace(b"14155550123", b"1.41556E+10").replace(b"12125550199", b"'+12125550199")
    rows = [entry for entry in entries(sample(name)) if isinstance(entry, Record)]
    join = reconciled([arrived(row, row.row) for row in rows[:3]], entries(spoiled))
    assert [result.verdict for result in join.results()] == 3 * [RecordVerdict.SEEN] + [RecordVerdict.NO_WEBHOOK]


def test_numbers_that_a_spreadsheet_has_spoiled_are_ambiguous_without_ids() -> None:
    name = "plivo-mdr-download.csv"
    rows = [entry for entry in entries(sample(name)) if isinstance(entry, Record)]
    spoiled = sample(name).replace(b"14155550123", b"1.41556E+10")
    for row in rows:
        spoiled = spoiled.replace(row.ids[0].encode(), b"")
    join = reconciled([arrived(row, row.row) for row in rows[:3]], entries(spoiled))
    results = list(join.results())
    assert [result.verdict for result in results] == [
        RecordVerdict.AMBIGUOUS, RecordVerdict.AMBIGUOUS, RecordVerdict.SEEN, RecordVerdict.NO_WEBHOOK
    ]  # fmt: skip
    assert results[0].captures == (1,)
    assert list(join.unlisted()) == []


def test_an_alert_of_the_provider_is_the_reason_for_a_loss() -> None:
    found = entries(sample("twilio-messages.json"))
    rows = [entry for entry in found if isinstance(entry, Record)]
    messages = [arrived(row, row.row) for row in rows[:3]]
    join = reconciled(messages, [*entries(sample("twilio-alerts.json")), *found])
    assert [result.reason for result in join.results()][3] is RecordReason.PROVIDER_ALERT


def test_a_file_in_local_time_with_the_repeated_hour_of_a_change_of_the_clock() -> None:
    """From 23:00 to 05:00 in Berlin, one message each quarter of an hour; those from 02:00 to 02:45 are there twice,
    and half of these have no id."""
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    lines, messages = ["Message UUID,From,To,Direction,Message Time,Status"], []
    for n in range(-16, 16):
        at = change + n * timedelta(minutes=15)
        local = at.astimezone(ZoneInfo("Europe/Berlin"))
        id = f"id{n}" if not (-4 <= n < 4 and n % 2) else ""
        theirs = f"+1415555{n + 16:04}"
        lines.append(f"{id},{theirs[1:]},12125550199,inbound,{local:%Y-%m-%d %H:%M:%S},")
        if n != 1:  # 02:15 for the second time is lost
            messages.append(
                SeenMessage(
                    message=n, provider="plivo", message_id=id or f"made-{n}", direction=Direction.INBOUND,
                    sender=theirs, recipient="+12125550199", text=None, ended_us=None, final=True,
                    received_us=round(at.timestamp() + 1) * 1_000_000, status=Status.RECEIVED, captures=(n + 17,),
                    primary=True,
                )
            )  # fmt: skip
    join = reconciled(messages, entries("\n".join(lines)))
    zone = join.summary().zone
    assert zone is not None
    assert (zone.offset, zone.second) == (timedelta(hours=2), timedelta(hours=1))
    found = {result.row - 17: result for result in join.results()}
    assert [n for n, result in found.items() if result.verdict is RecordVerdict.NO_WEBHOOK] == [1]
    assert {result.verdict for n, result in found.items() if n != 1} == {RecordVerdict.SEEN}
    assert {result.delta_ms for n, result in found.items() if n != 1} == {1_000}
    assert list(join.unlisted()) == []

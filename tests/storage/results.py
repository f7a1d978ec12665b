"""Results of reconciliations for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.domain.messages.model import Direction
from app.domain.reconciliation.kept import KeptNote, KeptRecord, Reconciliation
from app.domain.reconciliation.model import DirectionSummary, ReconciliationSummary
from app.domain.reconciliation.verdicts import RecordReason, RecordVerdict
from app.storage.sqlite.result_files import new_result

AT_US = 1_764_100_000_000_000
A_RECORD = KeptRecord(
    1, 2, 0, RecordVerdict.NO_WEBHOOK, (RecordVerdict.TEXT_DIFFERS, RecordVerdict.LATE), RecordReason.SERVER_DOWN,
    7, "twilio", "SM1", Direction.INBOUND, "+14155550123", "+14155550100", AT_US, None, "received", "received", "11200",
    "-0.0075", 2, b"\x01\x02", 4, (3, 5), 1_200, True, '["a","b"]', "hi",
)  # fmt: skip
A_NOTE = KeptNote("sm1", "twilio", AT_US, False, "11200", "primary", "could not fetch the URL, 11200")
A_SUMMARY = ReconciliationSummary(
    records=3,
    verdicts={RecordVerdict.NO_WEBHOOK: 1, RecordVerdict.SEEN: 2},
    also={RecordVerdict.LATE: 1},
    reasons={RecordReason.SERVER_DOWN: 1},
    directions=(
        DirectionSummary(
            direction=Direction.INBOUND, total=3, arrived=2, lost=((RecordReason.SERVER_DOWN, 1),)
        ),
    ),
    since_us=AT_US,
    until_us=AT_US + 3_600_000_000,
    notes=1,
)  # fmt: skip
A_HEAD = Reconciliation(
    id="1",
    bin_id="bin",
    digest="00ff",
    file="log.csv",
    title="Twilio, CSV of the console",
    provider="twilio",
    because="because of the columns Sid, AccountSid",
    columns=("From", "To", "Sid"),
    zone=None,
    made_at=datetime(2026, 11, 29, tzinfo=UTC),
    summary=A_SUMMARY,
    superseded={"0": 2},
    has_rows=True,
)


def write(
    path: Path, records: Sequence[KeptRecord], notes: Sequence[KeptNote] = (), head: Reconciliation = A_HEAD
) -> None:
    with new_result(path) as writer:
        for record in records:
            writer.add(record)
        writer.add_notes(notes)
        writer.finish(head)

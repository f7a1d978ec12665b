"""Records on the disk until their verdicts are known."""

import io

import pytest

from app.domain.messages.model import Direction
from app.domain.reconciliation.model import RecordResult
from app.domain.reconciliation.verdicts import RecordVerdict
from app.services.reconciliations import spool
from app.services.reconciliations.spool import RecordSpool, SpooledRecord


def _record(row: int) -> SpooledRecord:
    return SpooledRecord(
        row,
        0,
        -7,
        "twilio",
        "SM1",
        Direction.INBOUND,
        "+1",
        "+2",
        None,
        None,
        None,
        None,
        None,
        None,
        b"12",
        '["a"]',
        "hi",
    )


@pytest.mark.parametrize("batch", [1, 2, 1_000])
def test_records_come_back_in_their_order(monkeypatch, batch: int) -> None:
    monkeypatch.setattr(spool, "_BATCH", batch)
    made = RecordSpool(io.BytesIO())
    for row in range(5):
        made.add(_record(row))
    assert list(made.records()) == [_record(row) for row in range(5)]


@pytest.mark.parametrize(("verdict", "is_kept"), [(RecordVerdict.NO_WEBHOOK, True), (RecordVerdict.SEEN, False)])
def test_only_lost_records_keep_their_row(verdict: RecordVerdict, is_kept: bool) -> None:
    kept = _record(3).with_result(1, RecordResult(row=3, part=0, verdict=verdict, captures=(4,)))
    assert (kept.number, kept.row, kept.key, kept.verdict, kept.captures) == (1, 3, -7, verdict, (4,))
    assert (kept.original, kept.text) == (('["a"]', "hi") if is_kept else (None, None))

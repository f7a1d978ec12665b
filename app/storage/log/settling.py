"""After an unplanned stop: answers that were held back were never sent, and get an outcome that says so."""

from collections.abc import Iterator

from ..ids import number_of, row_id
from ..transaction import SqlRow, Transaction
from . import jobs
from .batch import Batch

STEP = 2_000
# The maximum number of captures of one bin that are examined.
MAX_CAPTURES = 500_000


def settle_unanswered(batch: Batch, job: jobs.SettleUnanswered) -> None:
    """Write an unknown outcome with the job's note for each of the newest captures that has none."""
    bins = [bin for bin in batch.transaction.all("filled_bins") if job.upto.get(bin["number"], 0) > bin["floor_n"]]
    newest = [_newest(batch.transaction, bin, job.upto[bin["number"]]) for bin in bins]
    since = max(newest, default=0) - job.within
    for bin, received_at in zip(bins, newest, strict=True):
        if received_at >= since:
            numbers = _unanswered(batch.transaction, bin, since, job.upto[bin["number"]])
            batch.add_outcomes(
                jobs.OutcomeRecord(bin["id"], n, None, None, False, None, True, job.note, None) for n in sorted(numbers)
            )


def _newest(transaction: Transaction, bin: SqlRow, upto: int) -> int:
    row = transaction.one("newest_capture", {"before": row_id(bin["number"], upto + 1)})
    return 0 if row is None or row["id"] <= row_id(bin["number"], bin["floor_n"]) else int(row["received_at"])


def _unanswered(transaction: Transaction, bin: SqlRow, since: int, upto: int) -> set[int]:
    young = set(_young(transaction, bin, since, upto))
    if young:
        first = min(young)
        for _, n, after_n in _outcomes_down(transaction, bin):
            if after_n < first:
                break
            young.discard(n)
    return young


def _young(transaction: Transaction, bin: SqlRow, since: int, upto: int) -> Iterator[int]:
    """From the newest to older ones, until all captures of a step are too old: a clock may jump by a little."""
    above, start = row_id(bin["number"], bin["floor_n"]), row_id(bin["number"], upto)
    for _ in range(MAX_CAPTURES // STEP):
        rows = transaction.all("captures_down_from", {"above": above, "from": start, "limit": STEP})
        young = [number_of(row["id"]) for row in rows if row["received_at"] >= since]
        yield from young
        if not young:
            return
        start = rows[-1]["id"] - 1


def _outcomes_down(transaction: Transaction, bin: SqlRow) -> Iterator[SqlRow]:
    above, start = row_id(bin["number"], 0), row_id(bin["number"], bin["last_k"])
    while rows := transaction.all("outcomes_down_from", {"above": above, "from": start, "limit": STEP}):
        yield from rows
        start = rows[-1]["id"] - 1

"""A newer file supersedes records of older ones by their key: the older result is kept, and says so."""

from collections.abc import Sequence

from ...domain.reconciliation.kept import KeptRecord, Reconciliation
from ...domain.reconciliation.verdicts import RecordVerdict
from ...errors import NotFound
from ...store import ReconciliationArchive


def superseded_by(heads: Sequence[Reconciliation], head: Reconciliation) -> dict[str, int]:
    """How many records of `head` are in newer files, by the id of their reconciliation, newest first."""
    return {
        each.id: each.superseded[head.id]
        for each in heads
        if each.superseded.get(head.id) and each.made_at > head.made_at
    }


async def newer_verdicts(
    archive: ReconciliationArchive, head: Reconciliation, records: Sequence[KeptRecord]
) -> dict[int, RecordVerdict]:
    """The verdicts of these records in the newest newer file that has them, by key."""
    found: dict[int, RecordVerdict] = {}
    for id in superseded_by(await archive.list_reconciliations(head.bin_id), head):
        keys = [record.key for record in records if record.key not in found]
        try:
            found |= await archive.verdicts_of(head.bin_id, id, keys)
        except NotFound:
            continue  # it was deleted in the meantime
    return found

"""Newer files and the records of older ones."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from app.domain.reconciliation.verdicts import RecordVerdict
from app.services.reconciliations.superseding import newer_verdicts, superseded_by
from app.storage.opening import open_archive
from tests.storage.results import A_HEAD, A_RECORD, write


async def test_the_newest_file_with_a_record_counts(tmp_path: Path) -> None:
    archive = open_archive(tmp_path)
    heads = [
        replace(A_HEAD, id=id, made_at=A_HEAD.made_at + timedelta(days=day), superseded=superseded)
        for id, day, superseded in (("a", 0, {}), ("b", 1, {"a": 2}), ("c", 2, {"a": 1, "b": 1}), ("d", -1, {"a": 9}))
    ]
    found = {"b": [(1, "seen"), (2, "late")], "c": [(1, "no_webhook")], "a": [(1, "too_early")], "d": [(1, "seen")]}
    for head in heads:
        records = [
            replace(A_RECORD, number=number, key=key, verdict=RecordVerdict(verdict))
            for number, (key, verdict) in enumerate(found[head.id], 1)
        ]
        write(archive.path_of("bin", head.id), records, head=head)
    listed = await archive.list_reconciliations("bin")
    assert [superseded_by(listed, head) for head in heads] == [{"c": 1, "b": 2}, {"c": 1}, {}, {}]
    records = [replace(A_RECORD, key=key) for key in (1, 2, 3)]
    assert await newer_verdicts(archive, heads[0], records) == {1: "no_webhook", 2: "late"}

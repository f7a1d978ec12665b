"""How much a reconciliation reads, keeps and shows: at each limit, and one above it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from app import reconciler
from app.commands import reconcile
from app.domain.reconciliation.model import Interval
from app.errors import Invalid, NotReadable
from app.services.reconciliations import comparing
from app.services.reconciliations.job import ProblemReport, decode_report, encode_line
from app.storage import seen_messages
from app.storage.opening import open_store
from app.storage.reads import reconciliations as reads
from app.storage.seen_messages import Moments
from app.storage.sqlite import result_files
from app.storage.sqlite.result_files import read_failed_notes, read_head, read_notes
from app.web.reconciliations import page
from app.web.reconciliations.inputs import ReconstructInput
from app.web.site import uploads
from app.web.site.convert import convert
from tests.conftest import Running
from tests.reconciling import arrive, compared, here, row
from tests.storage.builders import a_bin
from tests.storage.results import A_HEAD, A_NOTE, A_RECORD, write

__all__ = ["here"]


def test_the_notes_about_a_message_and_about_failed_calls(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "bin-1.db"
    write(path, [], [replace(A_NOTE, at_us=at) for at in range(3)])
    for most, shown in ((3, [0, 1, 2]), (2, [0, 1])):
        monkeypatch.setattr(result_files, "MOST_NOTES", most)
        assert [note.at_us for note in read_notes(path, A_NOTE.about)] == shown
    for most, shown in ((3, [2, 1, 0]), (2, [2, 1])):
        monkeypatch.setattr(result_files, "MOST_FAILED_NOTES", most)
        assert [note.at_us for note in read_failed_notes(path)] == shown


def test_a_read_of_a_result_ends_in_time(tmp_path: Path, monkeypatch) -> None:
    assert result_files.READ_S == 1.0
    path = tmp_path / "bin-1.db"
    monkeypatch.setattr(result_files, "_BATCH", 1)
    write(path, [replace(A_RECORD, number=number) for number in range(1, 20)])
    assert read_head(path) == A_HEAD
    monkeypatch.setattr(result_files, "_STEPS", 1)
    with pytest.raises(NotReadable, match="interrupted"), result_files._reading(path, limit_s=-1.0):
        pass


def test_a_result_of_another_version_is_not_read(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "bin-1.db"
    write(path, [])
    monkeypatch.setattr(result_files, "VERSION", result_files.VERSION + 1)
    with pytest.raises(NotReadable, match="version 1"):
        read_head(path)


@pytest.mark.parametrize(("apart", "count"), [(0, 1), (1, 2)])
def test_how_near_two_times_are_one_interval(apart: int, count: int) -> None:
    moments = Moments()
    for at in (0, seen_messages._NEAR_US + apart):
        moments.add(at)
    assert len(moments.intervals()) == count
    assert moments.intervals()[0].start_us == Interval(0, 0).start_us


async def test_before_the_runs_that_are_examined_nothing_is_known(tmp_path: Path, monkeypatch) -> None:
    async with open_store(tmp_path) as store:
        bin = await a_bin(store)
    async with open_store(tmp_path):
        pass
    for most, is_known in ((4, True), (3, False)):
        monkeypatch.setattr(reads, "MOST_RUNS", most)
        async with open_store(tmp_path) as store:
            found = await store.get_availability(bin.id)
            assert (found.kept_since == found.made_at) is is_known


def test_a_line_of_the_process_holds_the_largest_report() -> None:
    report = ProblemReport(message="x" * (comparing.MAX_LINE - 100))
    assert len(encode_line(report)) < comparing.MAX_LINE
    assert decode_report(encode_line(report)) == report
    assert reconciler._TRIES == 3
    assert reconciler._MOST_SHOWN == 5


@pytest.mark.usefixtures("here")
async def test_the_records_of_a_page_and_those_that_it_sends(server: Running, monkeypatch) -> None:
    monkeypatch.setattr(page, "PAGE", 3)
    monkeypatch.setattr(page, "MOST_SENT", 2)
    monkeypatch.setattr(uploads, "_CHUNK", 100)
    await arrive(server, 1)
    for rows, has_next in ((3, False), (4, True)):
        made = await compared(server, [row(number) for number in range(2, rows + 2)])
        async with server.client.get(f"{server.url}/bins/{server.bin.id}/reconcile/{made['id']}") as answer:
            text = await answer.text()
        assert ("Next rows" in text) is has_next
        assert text.count('name="record.') == 2


def test_the_records_of_a_call() -> None:
    convert({"records": list(range(1, 51)), "url": "https://example.net"}, ReconstructInput)
    with pytest.raises(Invalid, match="1 to 50"):
        convert({"records": list(range(1, 52)), "url": "https://example.net"}, ReconstructInput)
    assert reconcile.POLL_S < 1

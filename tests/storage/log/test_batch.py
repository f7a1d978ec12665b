"""A transaction of the log: numbers without gaps, and the positions of changed bins."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app import clock
from app.domain.units import micros
from app.storage.ids import row_id
from app.storage.log import jobs
from app.storage.log.batch import Batch, Rejected
from app.storage.log.results import LogPosition
from tests.storage.inside import BIN, Inside

OTHER = "bin00002"


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    made = Inside(tmp_path)
    made.add_bin(OTHER)
    yield made
    made.close()


def _capture(bin: str = BIN, fault: str | None = None) -> jobs.AddCapture:
    now = micros(clock.now())
    return jobs.AddCapture(
        bin, now, "primary", "POST", "/", "", "1.1", b"a: b\r\n", b"Text=hi", True, None, None, fault, False
    )


def _outcome(n: int, bin: str = BIN, sent: bytes | None = None) -> jobs.OutcomeRecord:
    return jobs.OutcomeRecord(bin, n, 200, 1, False, None, True, None, sent)


def _rows(inside: Inside, text: str) -> list[tuple]:
    cursor = inside.file.connection
    cursor.row_factory = None
    return cursor.execute(text).fetchall()


def test_numbers_continue_where_the_last_transaction_ended_each_bin_for_itself(inside: Inside) -> None:
    for given in ([1, 2, 1, 3], [4, 5, 2, 6]):
        with inside.file.database.write() as transaction:
            batch = Batch(transaction)
            numbers = [batch.add_capture(_capture(bin)) for bin in (BIN, BIN, OTHER, BIN)]
            batch.finish()
        assert numbers == given
    assert _rows(inside, "select id from captures order by id") == [
        *((row_id(1, n),) for n in range(1, 7)), *((row_id(2, n),) for n in (1, 2))
    ]  # fmt: skip


def test_a_transaction_that_is_undone_takes_no_number(inside: Inside) -> None:
    def fail_half_way() -> None:
        with inside.file.database.write() as transaction:
            batch = Batch(transaction)
            batch.add_capture(_capture())
            batch.finish()
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with inside.file.database.write() as transaction:
        assert Batch(transaction).add_capture(_capture()) == 1


def test_the_numbers_of_a_bin_are_read_once_and_written_once(inside: Inside) -> None:
    said: list[str] = []
    inside.file.connection.set_trace_callback(said.append)
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for _ in range(64):
            batch.add_capture(_capture())
        batch.finish()
    inside.file.connection.set_trace_callback(None)
    kinds = [each.split(maxsplit=1)[0] for each in said]
    assert kinds == ["begin", "select", "insert", "update", "commit"]


def test_an_outcome_has_the_last_capture_at_its_time(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture())
        batch.add_outcomes([_outcome(1)])
        batch.add_capture(_capture())
        batch.add_outcomes([_outcome(2), _outcome(1)])
        batch.finish()
    assert _rows(inside, "select id, n, after_n from outcomes order by id") == [
        (row_id(1, 1), 1, 1), (row_id(1, 2), 2, 2), (row_id(1, 3), 1, 2)
    ]  # fmt: skip


def test_outcomes_of_a_bin_that_is_gone_are_left_out_and_the_others_are_kept(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_outcomes([_outcome(1, "nobody"), _outcome(1, sent=b"an answer")])
        batch.finish()
    assert _rows(inside, "select id, n from outcomes") == [(row_id(1, 1), 1)]
    assert _rows(inside, "select id, answer from sent_answers") == [(row_id(1, 1), b"an answer")]


def test_the_first_answer_that_is_reported_for_a_capture_stays(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_outcomes([_outcome(1, sent=b"first"), _outcome(1, sent=b"second")])
        batch.finish()
    assert _rows(inside, "select answer from sent_answers") == [(b"first",)]


def test_a_capture_counts_for_its_fault_in_its_own_transaction(inside: Inside) -> None:
    inside.apply(jobs.SetFault(BIN, "primary", "f", b"", 0, 0, 3, None))
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for fault in ("f", None, "f", "gone"):
            batch.add_capture(_capture(fault=fault))
        batch.finish()
    assert _rows(inside, "select hits, remaining from faults") == [(2, 1)]


def test_an_unknown_bin_is_rejected(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        with pytest.raises(Rejected, match="There is no bin nobody") as rejected:
            Batch(transaction).add_capture(_capture("nobody"))
    assert rejected.value.error == "not_found"


def test_what_waits_is_written_before_a_statement_runs(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture())
        batch.run("clear_bin", {"number": 1, "n": 1}, bin_id=BIN)
        assert batch.counter(BIN).floor_n == 1
        assert batch.add_capture(_capture()) == 2
        batch.finish()


def test_positions_report_how_far_the_bins_are_that_were_changed_and_no_others(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture(OTHER))
        batch.add_outcomes([_outcome(1, OTHER)])
        assert batch.finish() == [LogPosition(2, n=1, k=1, d=0, version=0)]
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture())
        batch.run("rotate_key", {"id": BIN, "key": "fresh", "changed_at": 5}, bin_id=BIN)
        batch.add_capture(_capture())
        batch.add_capture(_capture(OTHER))
        positions = sorted(batch.finish(), key=lambda mark: mark.bin)
    assert positions == [
        LogPosition(1, n=2, k=0, d=0, version=1),
        LogPosition(2, n=2, k=1, d=0, version=0),
    ]


def test_a_bin_that_is_deleted_is_reported_too(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.run("drop_bin", {"id": BIN}, bin_id=BIN)
        assert batch.finish() == [LogPosition(1, n=0, k=0, d=0, version=1)]
        with pytest.raises(Rejected):
            batch.add_capture(_capture())


def test_a_deletion_of_everything_up_to_a_number_replaces_those_below_it(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for n, through in ((1, False), (4, False), (3, True)):
            batch.add_deletion(batch.counter(BIN), n, through=through)
        assert batch.finish() == [LogPosition(1, n=0, k=0, d=3, version=0)]
    assert _rows(inside, "select id, n, through from deletions order by id") == [
        (row_id(1, 2), 4, 0), (row_id(1, 3), 3, 1)
    ]  # fmt: skip


def test_header_lines_are_text_and_the_hash_of_the_body_are_made_here(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture())
        batch.finish()
    ((head, body, sha256),) = _rows(inside, "select head, body, lower(hex(sha256)) from captures")
    assert (head, body) == ("a: b\r\n", b"Text=hi")
    assert sha256 == "275dee7b4a5d6f3a7d33200f8c5a9f28dad388bf109c00fd51afc7345c75686e"


def test_the_hash_is_that_of_the_whole_body(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for end in (b"1", b"2"):
            batch.add_capture(msgspec.structs.replace(_capture(), body=bytes(100_000) + end))
        batch.finish()
    (first,), (second,) = _rows(inside, "select sha256 from captures order by id")
    assert (first, second) == tuple(hashlib.sha256(bytes(100_000) + end).digest() for end in (b"1", b"2"))

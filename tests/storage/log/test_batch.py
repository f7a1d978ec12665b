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
from tests.storage.engines import Engine, on_both_engines
from tests.storage.inside import BIN, Inside

OTHER = "bin00002"


@pytest.fixture
def inside(tmp_path: Path, engine: Engine) -> Iterator[Inside]:
    made = Inside(tmp_path, engine)
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
    return [tuple(row) for row in inside.file.connection.execute(text)]


@on_both_engines
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


@on_both_engines
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


@on_both_engines
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


@on_both_engines
def test_outcomes_of_a_bin_that_is_gone_are_left_out_and_the_others_are_kept(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_outcomes([_outcome(1, "nobody"), _outcome(1, sent=b"an answer")])
        batch.finish()
    assert _rows(inside, "select id, n from outcomes") == [(row_id(1, 1), 1)]
    assert _rows(inside, "select id, answer from sent_answers") == [(row_id(1, 1), b"an answer")]


@on_both_engines
def test_the_first_answer_that_is_reported_for_a_capture_stays(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_outcomes([_outcome(1, sent=b"first"), _outcome(1, sent=b"second")])
        batch.finish()
    assert _rows(inside, "select answer from sent_answers") == [(b"first",)]


@on_both_engines
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


@on_both_engines
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


@on_both_engines
def test_a_deletion_of_everything_up_to_a_number_replaces_those_below_it(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for n, through in ((1, False), (4, False), (3, True)):
            batch.add_deletion(batch.counter(BIN), n, through=through)
        assert batch.finish() == [LogPosition(1, n=0, k=0, d=3, version=0)]
    assert _rows(inside, "select id, n, through from deletions order by id") == [
        (row_id(1, 2), 4, 0), (row_id(1, 3), 3, 1)
    ]  # fmt: skip


@on_both_engines
def test_header_lines_are_text_and_the_hash_of_the_body_are_made_here(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        batch.add_capture(_capture())
        batch.finish()
    ((head, body, sha256),) = _rows(inside, "select head, body, sha256 from captures")
    assert (head, body) == ("a: b\r\n", b"Text=hi")
    assert sha256.hex() == "275dee7b4a5d6f3a7d33200f8c5a9f28dad388bf109c00fd51afc7345c75686e"


def test_the_hash_is_that_of_the_whole_body(inside: Inside) -> None:
    with inside.file.database.write() as transaction:
        batch = Batch(transaction)
        for end in (b"1", b"2"):
            batch.add_capture(msgspec.structs.replace(_capture(), body=bytes(100_000) + end))
        batch.finish()
    (first,), (second,) = _rows(inside, "select sha256 from captures order by id")
    assert (first, second) == tuple(hashlib.sha256(bytes(100_000) + end).digest() for end in (b"1", b"2"))


def _set_fault(count: int | None, id: str = "fault", bin: str = BIN) -> jobs.SetFault:
    return jobs.SetFault(bin, "primary", id, b"fault", 0, 0, count, None)


def _chosen(version: int, fault: str | None = None, bin: str = BIN) -> jobs.AddCapture:
    """A capture whose answer was chosen at this version of its bin."""
    return msgspec.structs.replace(_capture(bin, fault), answer_version=version)


def _version(inside: Inside, bin: str = BIN) -> int:
    ((version,),) = _rows(inside, f"select answer_version from bins where id = '{bin}'")
    return version


CHANGES: list[jobs.Job] = [
    jobs.RotateKey(BIN, "another key"),
    jobs.SetBin(BIN, "name", "ytel", None, 300),
    jobs.SetAnswers(BIN, "primary", b"answers"),
    jobs.SetAnswers(BIN, "primary", None),
    jobs.SetWiretap(BIN, "primary", "{}"),
    jobs.SetWiretap(BIN, "primary", None),
    jobs.SetPrivacy(BIN, "{}"),
    jobs.SetPrivacy(BIN, None),
    jobs.SetMapping(BIN, "{}"),
    jobs.SetMapping(BIN, None),
    _set_fault(3),
    jobs.DropFault(BIN, "fault"),
]


def test_each_change_that_answers_depend_on_makes_earlier_choices_stale(inside: Inside) -> None:
    for change in CHANGES:
        before = _version(inside)
        early, changed, late = inside.apply(_chosen(before), change, _chosen(before))
        assert (early.error, changed.error, late.error) == (None, None, "stale"), change
        assert _version(inside) == before + 1, change
        (result,) = inside.apply(_chosen(before + 1))
        assert result.error is None, change
    assert _version(inside, OTHER) == 0


def test_other_changes_make_no_choice_stale(inside: Inside) -> None:
    inside.apply(jobs.SetBin(BIN, "name", "ytel", None, 300), _set_fault(3))
    before = _version(inside)
    inside.apply(
        jobs.SetBin(BIN, "another name", "ytel", 600, 300), jobs.DropFault(BIN, "another fault"),
        jobs.DropFault(OTHER, "fault"), jobs.DropFault("unknown", "fault"), jobs.SetSecret(BIN, "a", None, "b", "c", 0),
        _capture(fault="fault"), jobs.DropCaptures(BIN),
    )  # fmt: skip
    assert (_version(inside), _version(inside, OTHER)) == (before, 0)


def test_a_stale_capture_takes_no_number_and_does_not_affect_the_others(inside: Inside) -> None:
    results = inside.apply(_chosen(0), _chosen(1), _chosen(0, bin=OTHER), _chosen(0), _capture())
    assert [(result.error, result.value) for result in results] == [
        (None, 1), ("stale", 0), (None, 1), (None, 2), (None, 3)
    ]  # fmt: skip


def test_a_deletion_makes_every_choice_not_found(inside: Inside) -> None:
    inside.apply(jobs.DropBin(BIN))
    (result,) = inside.apply(_chosen(0))
    assert result.error == "not_found"
    assert _version(inside) == 1


@on_both_engines
@pytest.mark.parametrize("in_a_batch", [1, 3, 20])
def test_a_fault_with_a_count_is_taken_exactly_that_often(inside: Inside, in_a_batch: int) -> None:
    inside.apply(_set_fault(7))
    results = [
        result.error for _ in range(20 // in_a_batch + 1)
        for result in inside.apply(*[_chosen(1, "fault")] * in_a_batch)
    ]  # fmt: skip
    assert results == [None] * 7 + ["stale"] * (len(results) - 7)
    assert _rows(inside, "select remaining, hits from faults") == [(0, 7)]


def test_a_fault_without_a_count_is_never_used_up(inside: Inside) -> None:
    inside.apply(_set_fault(None))
    assert {result.error for result in inside.apply(*[_chosen(1, "fault")] * 5)} == {None}
    assert _rows(inside, "select remaining, hits from faults") == [(None, 5)]


def test_a_fault_that_is_gone_makes_a_choice_stale_even_at_the_same_version(inside: Inside) -> None:
    first, second = inside.apply(_chosen(0, "fault"), _chosen(0, "fault"))
    assert (first.error, second.error) == ("stale", "stale")


@on_both_engines
def test_a_new_fault_in_the_same_batch_has_all_its_hits(inside: Inside) -> None:
    inside.apply(_set_fault(1, "first"))
    results = inside.apply(
        _chosen(1, "first"), _chosen(1, "first"), _set_fault(2, "second"), *[_chosen(2, "second")] * 3
    )
    assert [result.error for result in results] == [None, "stale", None, None, None, "stale"]

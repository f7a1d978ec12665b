"""The server's end of the log process: batches in flight, timeouts, and closing."""

import asyncio

import pytest

from app.errors import Conflict, NotFound, StoreUnavailable
from app.storage.log import client, jobs
from app.storage.log.queued import JOB_BYTES
from app.storage.log.results import LogPosition, Result

from .playing import a_job, refused, soon, turns

# Batches


async def test_what_comes_in_one_turn_shares_a_batch_and_each_gets_its_own_answer(log, process, positions) -> None:
    first, second = log.append(a_job()), log.append(a_job())
    drop, key = log.submit(jobs.DropBin("nobody")), log.submit(jobs.RotateKey("bin", "taken"))
    await turns()
    assert [len(batch) for batch in process.sent] == [4]
    process.answer(
        Result(value=7), Result(value=8), Result("not_found", "no bin"),
        Result("conflict", "taken"),
        positions=(LogPosition(1, 8, 0, 0, 0),),
    )  # fmt: skip
    assert (first.result(), second.result()) == (7, 8)
    with pytest.raises(NotFound, match="no bin"):
        await drop
    with pytest.raises(Conflict, match="taken"):
        await key
    assert positions == [LogPosition(1, 8, 0, 0, 0)]
    assert log.health().state == "ok"


async def test_positions_are_reported_before_the_commit_is_confirmed(log, process, monkeypatch) -> None:
    future = log.append(a_job())
    log._on_positions = lambda _: seen.append(future.done())
    seen: list[bool] = []
    await turns()
    process.answer(positions=(LogPosition(1, 1, 0, 0, 0),))
    assert seen == [False]
    assert future.done()


async def test_while_a_batch_is_on_its_way_the_next_one_gathers(log, process) -> None:
    log.append(a_job())
    await turns()
    for _ in range(3):
        log.append(a_job())
        await turns()
    assert [len(batch) for batch in process.sent] == [1]
    process.answer()
    await turns()
    assert [len(batch) for batch in process.sent] == [3]


async def test_one_that_has_grown_as_large_as_the_one_on_its_way_goes_ahead_and_no_third(log, process) -> None:
    log.append(a_job())
    await turns()
    process.answer()
    await in_one_batch(log, process, 20)
    for _ in range(19):
        log.append(a_job())
    await turns()
    assert [len(batch) for batch in process.sent] == [20]
    log.append(a_job())
    await turns()
    assert [len(batch) for batch in process.sent] == [20, 20]
    futures = [log.append(a_job()) for _ in range(40)]
    await turns()
    assert [len(batch) for batch in process.sent] == [20, 20]
    # Each answer belongs to the oldest batch.
    process.answer()
    process.answer()
    process.answer()
    assert [future.result() for future in futures] == list(range(1, 41))


async def in_one_batch(log, process, count: int) -> None:
    """Captures that gather while another batch is on its way."""
    log.append(a_job())
    await turns()
    for _ in range(count):
        log.append(a_job())
    process.answer()
    await turns()
    assert [len(batch) for batch in process.sent] == [count]


async def test_while_nothing_is_on_its_way_a_group_goes_out_before_the_turn_ends(log, process) -> None:
    for _ in range(client.MIN_BATCH_AHEAD - 1):
        log.append(a_job())
    assert process.sent == []
    log.append(a_job())
    assert [len(batch) for batch in process.sent] == [client.MIN_BATCH_AHEAD]
    for _ in range(client.MIN_BATCH_AHEAD):
        log.append(a_job())
    assert len(process.sent) == 1
    await turns()
    assert [len(batch) for batch in process.sent] == [client.MIN_BATCH_AHEAD] * 2


async def test_half_of_the_senders_that_were_answered_are_a_group(log, process) -> None:
    await in_one_batch(log, process, 40)
    for _ in range(18):
        log.append(a_job())
    process.answer()
    assert process.sent == []
    log.append(a_job())
    assert process.sent == []
    log.append(a_job())
    assert [len(batch) for batch in process.sent] == [20]


async def test_a_few_captures_wait_until_the_answered_senders_had_a_turn_to_send_again(log, process) -> None:
    await in_one_batch(log, process, 40)
    log.append(a_job())
    process.answer()
    await turns(1)
    assert process.sent == []
    await turns()
    assert [len(batch) for batch in process.sent] == [1]


async def test_a_batch_is_bounded_in_number_and_in_bytes(log, process) -> None:
    log.append(a_job())
    await turns()
    for _ in range(client.MAX_BATCH + 1):
        log.append(a_job())
    process.answer()
    assert len(process.sent[0]) == client.MAX_BATCH
    process.answer()
    await turns()
    process.answer()
    for _ in range(4):
        log.append(a_job(3 << 20))
    await turns()
    assert [len(batch) for batch in process.sent] == [3]


async def test_on_a_slow_disk_a_batch_waits_for_more_captures(log, process) -> None:
    log.append(a_job())
    await turns()
    log.append(a_job())
    log._pace.delay_s = 0.02
    process.answer()
    await turns()
    assert process.sent == []
    await soon(lambda: process.sent)


async def test_when_all_answered_senders_have_sent_again_the_batch_goes_out(log, process) -> None:
    for _ in range(3):
        log.append(a_job())
    await turns()
    log._pace.delay_s = 60.0
    process.answer()
    for _ in range(2):
        log.append(a_job())
    await turns()
    assert process.sent == []
    log.append(a_job())
    await turns()
    assert [len(batch) for batch in process.sent] == [3]


async def test_on_a_slow_disk_those_that_wait_and_those_that_were_answered_share_a_batch(log, process) -> None:
    for _ in range(3):
        log.append(a_job())
    await turns()
    for _ in range(3):
        log.append(a_job())
    log._pace.delay_s = 60.0
    process.answer()
    for _ in range(2):
        log.append(a_job())
    await turns()
    assert process.sent == []
    log.append(a_job())
    await turns()
    assert [len(batch) for batch in process.sent] == [6]


async def test_on_a_slow_disk_none_goes_ahead(log, process) -> None:
    log._pace.delay_s = 0.001
    for _ in range(2):
        for _ in range(client.MIN_BATCH_AHEAD):
            log.append(a_job())
        await turns()
    assert [len(batch) for batch in process.sent] == [client.MIN_BATCH_AHEAD]


async def test_no_more_waits_than_fits_in_memory(log, process, monkeypatch) -> None:
    monkeypatch.setattr(client, "MAX_WAITING_BYTES", 3 * JOB_BYTES + 20)
    process.end()
    log.append(a_job())
    log.append(a_job())
    with pytest.raises(StoreUnavailable, match="write queue is full"):
        log.append(a_job())
    assert log.health().refused == 1
    process.open()
    await turns()
    assert [len(batch) for batch in process.sent] == [2]
    log.append(a_job())


async def test_outcomes_go_with_the_batch_that_follows(log, process) -> None:
    log.append(a_job())
    await turns()
    log.outcomes.note(jobs.OutcomeRecord("bin", 1, 200, 1, False, None, True, None, None))
    log.append(a_job())
    process.answer()
    await turns()
    assert [type(job) for job in process.sent[0]] == [jobs.AddCapture, jobs.SetOutcomes]


# Timeouts


@pytest.mark.usefixtures("impatient")
async def test_what_is_not_confirmed_in_time_is_refused_and_kept_all_the_same(log, process) -> None:
    on_its_way = log.append(a_job())
    await turns()
    waiting, other = log.append(a_job()), log.submit(jobs.NextEpoch(), timeout_s=client.COMMIT_WAIT_S)
    for future in (on_its_way, waiting, other):
        assert await refused(future) == "The store did not confirm in time."
    assert (log.health().state, log.health().refused) == ("stopped", 2)
    assert log.health().reason == "The store did not confirm in time."
    process.answer()
    await turns()
    # The caller got an error, so a job that is not a capture is not done later.
    assert [type(job) for job in process.sent[0] if not isinstance(job, jobs.Probe)] == [jobs.AddCapture]
    process.answer()
    assert (log.health().state, log.health().stored >= 2) == ("ok", True)


@pytest.mark.usefixtures("impatient")
async def test_a_job_with_more_patience_holds_up_no_refusal_behind_it(log, process) -> None:
    with_long_timeout = log.submit(jobs.SettleUnanswered(0, "", {}), timeout_s=60)
    await turns()
    assert await refused(log.append(a_job())) == "The store did not confirm in time."
    assert not with_long_timeout.done()
    process.answer()
    assert with_long_timeout.done()


async def test_a_commit_is_expected_as_long_as_one_is_on_its_way(log, process) -> None:
    assert process.expected == []
    for _ in range(12):
        log.append(a_job())
    await turns()
    for _ in range(12):
        log.append(a_job())
    await turns()
    assert process.expected == [(client.BATCH_S, "a commit")]
    process.answer()
    assert process.expected == [(client.BATCH_S, "a commit")]
    process.answer()
    assert process.expected == []


# Closing


async def test_what_waits_is_written_before_it_closes_and_nothing_is_taken_any_more(log, process) -> None:
    on_its_way = log.append(a_job())
    await turns()
    waiting = log.append(a_job())
    log.outcomes.note(jobs.OutcomeRecord("bin", 1, 200, 1, False, None, True, None, None))
    closing = asyncio.ensure_future(log.close())
    await turns()
    with pytest.raises(StoreUnavailable, match="closing"):
        log.append(a_job())
    process.answer()
    await turns()
    process.answer()
    await closing
    assert (on_its_way.result(), waiting.result()) == (1, 1)
    assert not process.runs


@pytest.mark.usefixtures("impatient")
async def test_a_process_that_hangs_holds_up_the_end_no_longer_than_a_commit_may(log, process) -> None:
    on_its_way = log.append(a_job())
    await turns()
    waiting = log.append(a_job())
    async with asyncio.timeout(60):
        await log.close()
    await refused(on_its_way)
    await refused(waiting)


async def test_what_no_process_has_taken_by_then_is_refused(log, process) -> None:
    process.end()
    waiting = [log.append(a_job()), log.submit(jobs.NextEpoch())]
    async with asyncio.timeout(60):
        await log.close()
    for future in waiting:
        assert await refused(future) == "The store is closing."


@pytest.mark.usefixtures("impatient")
async def test_neither_does_a_job_with_more_patience(log) -> None:
    with_long_timeout = log.submit(jobs.SettleUnanswered(0, "", {}), timeout_s=60)
    await turns()
    async with asyncio.timeout(60):
        await log.close()
    await refused(with_long_timeout)


async def test_an_outcome_that_nothing_follows_is_written_at_the_end(log, process) -> None:
    log.outcomes.note(jobs.OutcomeRecord("bin", 1, 200, 1, False, None, True, None, None))
    closing = asyncio.ensure_future(log.close())
    await turns()
    assert [[type(job) for job in batch] for batch in process.sent] == [[jobs.SetOutcomes]]
    process.answer()
    await closing

"""A bin is parsed again next to what readers see, and swapped when it has caught up."""

import pytest

from app import clock
from app.storage.ledger.building import build_step
from app.storage.log import jobs
from tests.storage.engines import on_both_engines
from tests.storage.inside import BIN, Inside, Ledger

from .events import came

pytestmark = on_both_engines


def begin(inside: Inside, ledger: Ledger, count: int = 3) -> None:
    """A bin that is up to date, and must be parsed again."""
    for number in range(count):
        inside.state(came(f"m-{number}", str(number)))
    ledger.follow()
    inside.apply(jobs.RequestReread(BIN))
    ledger.step()


def build(ledger: Ledger, limit: int = 500) -> str | None:
    """One step."""
    with ledger._write(None) as step:
        return build_step(step, step._log, 1, lambda step, head, space, _: step.follow(head, space, limit))


def spaces(ledger: Ledger) -> list[tuple]:
    return ledger.rows("select state, n, rereads from spaces where state <> 'gone' order by number")


def test_readers_see_the_old_reading_until_all_of_the_new_one_is_there(inside: Inside, ledger: Ledger) -> None:
    begin(inside, ledger)
    before = ledger.everything()
    assert [build(ledger, 1) for _ in range(2)] == ["", ""]
    assert spaces(ledger) == [("current", 3, 0), ("building", 2, 1)]
    assert ledger.everything() == before
    assert build(ledger, 1) == BIN
    assert spaces(ledger) == [("current", 3, 1)]
    assert ledger.everything() == before


def test_it_is_not_swapped_while_readers_see_more_than_it_has(inside: Inside, ledger: Ledger) -> None:
    begin(inside, ledger)
    inside.state(came("new"))
    assert build(ledger) == ""
    ledger.step()
    assert build(ledger) == BIN
    assert len(ledger.everything()["captures"]) == 4


def test_the_new_reading_is_seen_only_with_its_search_index(inside: Inside, ledger: Ledger, monkeypatch) -> None:
    monkeypatch.setattr("app.storage.ledger.building.INDEXED", 1)
    begin(inside, ledger, 2)
    assert [build(ledger), build(ledger)] == ["", BIN]
    assert ledger.rows("select indexed_n from spaces where state = 'current'") == [(2,)]


def test_requested_once_more_it_begins_again(inside: Inside, ledger: Ledger) -> None:
    begin(inside, ledger)
    build(ledger, 1)
    inside.apply(jobs.RequestReread(BIN))
    assert build(ledger, 1) is None
    assert spaces(ledger) == [("current", 3, 0)]
    ledger.step()
    assert build(ledger) == BIN
    assert spaces(ledger) == [("current", 3, 2)]


@pytest.mark.parametrize("erased", [False, True])
def test_of_a_bin_that_is_deleted_in_the_meantime_nothing_is_built(
    inside: Inside, ledger: Ledger, erased: bool
) -> None:
    begin(inside, ledger)
    build(ledger, 1)
    inside.apply(jobs.DropBin(BIN))
    if erased:
        inside.sweep(clock.now(), 0)
    assert build(ledger) is None
    assert "building" not in [state for state, *_ in spaces(ledger)]
    ledger.step()
    assert spaces(ledger) == []


def test_a_bin_that_is_cleared_while_it_is_built_is_empty_in_the_new_reading_too(
    inside: Inside, ledger: Ledger
) -> None:
    begin(inside, ledger)
    build(ledger, 1)
    inside.apply(jobs.DropCaptures(BIN))
    inside.state(came("after"))
    ledger.step()
    assert build(ledger) == BIN
    assert [row["id"] for row in ledger.everything()["captures"]] == [4]


def test_what_is_deleted_while_it_is_built_is_not_in_the_new_reading(inside: Inside, ledger: Ledger) -> None:
    begin(inside, ledger)
    build(ledger, 2)
    inside.drop(1)
    inside.drop(3)
    ledger.step()
    while build(ledger, 1) == "":
        ledger.step()
    assert [row["id"] for row in ledger.everything()["captures"]] == [2]


def test_a_capture_is_read_with_the_provider_that_was_set_when_it_was_requested(inside: Inside) -> None:
    asked = []

    def note(raw, role, provider, settings):
        asked.append(provider)
        return came("m")

    ledger = inside.ledger(recognise=note)
    inside.state(came("a"))
    inside.apply(jobs.SetBin(BIN, "Bin", "twilio", None, 300))
    ledger.follow()
    inside.apply(jobs.RequestReread(BIN))
    inside.state(came("b"))
    ledger.step()
    build(ledger)
    assert asked == [None, None, "twilio", None]
    ledger.close()

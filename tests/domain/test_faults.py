"""A fault: what it does in words, how it is counted, when it is over, and what may be set."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.faults import (
    LONGEST,
    ActiveFault,
    Fault,
    FaultKind,
    check_fault,
    is_redirected,
    statuses_text,
)
from app.domain.roles import Role

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _fault(kind: FaultKind = FaultKind.STATUS, **values: object) -> Fault:
    return Fault(kind=kind, **{"until": NOW + timedelta(minutes=10)} | values)


def _active(**values: object) -> ActiveFault:
    fault = _fault(**values)
    return ActiveFault(id="f1", bin_id="b", role=Role.PRIMARY, fault=fault, started_at=NOW, left=fault.count)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (_fault(statuses=(500, 429)), ["status 500", "status 429", "status 500"]),
        (_fault(FaultKind.HOLD, seconds=16), ["hold 16 s"] * 3),
        (_fault(FaultKind.SLOW, seconds=2.5), ["send slowly over 2.5 s"] * 3),
        (_fault(FaultKind.DROP), ["drop the connection"] * 3),
        (_fault(FaultKind.CUT), ["truncate the body"] * 3),
        (_fault(FaultKind.BAD_XML), ["invalid XML"] * 3),
        (_fault(FaultKind.REDIRECT), ["redirect"] * 3),
    ],
)
def test_a_fault_says_what_each_request_gets(fault: Fault, words: list[str]) -> None:
    assert [fault.effect(hits) for hits in range(3)] == words
    assert fault.lasts is (fault.kind in (FaultKind.HOLD, FaultKind.SLOW))


def test_a_hit_is_counted_and_can_be_given_back() -> None:
    before = _active(count=2, statuses=(500, 503))
    after, hit = before.with_hit()
    assert (after.left, after.hits) == (1, 1)
    assert (hit.fault, hit.kind, hit.said, hit.left, hit.hits) == ("f1", "status", "status 500", 1, 1)
    assert after.without_hit() == before
    endless, hit = _active().with_hit()
    assert (endless.left, hit.left, endless.without_hit().left) == (None, None, None)


def test_it_is_over_by_its_count_or_its_time_whichever_is_first() -> None:
    fault = _active(count=1)
    assert not fault.is_over(NOW)
    assert fault.is_over(fault.fault.until)
    assert not fault.is_over(fault.fault.until - timedelta(microseconds=1))
    assert fault.with_hit()[0].is_over(NOW)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"statuses": ()}, "status"),
        ({"statuses": (199,)}, "status"),
        ({"statuses": (200, 600)}, "status"),
        ({"seconds": -0.1}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"count": 0}, "count"),
        ({"until": NOW}, "until"),
        ({"until": NOW + LONGEST + timedelta(seconds=1)}, "until"),
        ({"chance": 0}, "chance"),
        ({"chance": 101}, "chance"),
    ],
)
def test_what_is_wrong_with_a_fault_is_named_by_its_field(values: dict[str, object], field: str) -> None:
    assert [name for name, _ in check_fault(_fault(**values), NOW)] == [field]


def test_a_fault_within_its_bounds_can_be_set() -> None:
    assert check_fault(_fault(statuses=(200, 599), seconds=0, count=1, chance=1), NOW) == []
    assert check_fault(_fault(until=NOW + LONGEST, chance=100), NOW) == []


@pytest.mark.parametrize(
    ("target", "is_there"),
    [
        ("/k/redirected", True), ("/k/primary/redirected?x=1", True), ("/k", False), ("/k?to=/redirected", False),
        ("/k/notredirected", False),
    ],
)  # fmt: skip
def test_a_request_that_followed_the_redirect_is_known_by_its_path(target: str, is_there: bool) -> None:
    assert is_redirected(target) is is_there


def test_statuses_are_listed() -> None:
    assert statuses_text((500, 500, 200)) == "500, 500, 200"

"""A fault in words."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.faults import ActiveFault, Fault, FaultKind
from app.domain.roles import Role
from app.web.words.faults import KINDS, fault_text, key_of, reach_text, remaining_text

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def fault(kind: FaultKind = FaultKind.HOLD, **more: object) -> Fault:
    return Fault(kind=kind, until=NOW + timedelta(minutes=10), **more)


def active(left: int | None = None, **more: object) -> ActiveFault:
    return ActiveFault(id="f", bin_id="b", role=Role.PRIMARY, fault=fault(**more), started_at=NOW, left=left)


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(FaultKind)


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ((503,), "status 503"),
        ((500, 500, 200), "statuses 500, 500, 200 in turn"),
        ((500,) * 9, "statuses 500, 500, 500, 500, 500, 500 … in turn"),
    ],
)
def test_statuses_are_told_in_turn(statuses: tuple[int, ...], said: str) -> None:
    assert fault_text(fault(FaultKind.STATUS, statuses=statuses)) == said


@pytest.mark.parametrize(
    ("left", "chance", "said"),
    [
        (None, 100, "for every request"),
        (1, 100, "for the next request"),
        (1200, 100, "for the next 1,200 requests"),
        (None, 10, "for 10 % of the requests"),
        (3, 10, "for 10 % of the requests, 3 more"),
    ],
)
def test_whom_it_hits(left: int | None, chance: int, said: str) -> None:
    assert reach_text(active(left, chance=chance)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0 s"),
        (0.1, "1 s"),
        (59, "59 s"),
        (60, "1 min 0 s"),
        (552, "9 min 12 s"),
        (3599.5, "1 h 0 min"),
        (3601, "1 h 1 min"),
        (86_400, "24 h 0 min"),
    ],
)
def test_what_is_left_is_never_told_too_short(seconds: float, said: str) -> None:
    assert remaining_text(NOW + timedelta(seconds=seconds), NOW) == said


def test_the_key_changes_with_what_is_shown() -> None:
    assert key_of([]) == ""
    assert key_of([active(2)]) == key_of([active(2)]) != key_of([active(1)])

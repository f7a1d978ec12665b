"""Percentiles of the time that smsbin adds."""

import pytest

from app.domain.roles import Role
from app.services.wiretaps.counters import WiretapCounters


def test_percentiles_of_one_role() -> None:
    counters = WiretapCounters()
    for ms in range(1, 101):
        counters.add("b", Role.PRIMARY, ms / 1_000)
    counters.add("b", Role.STATUS, 9.0)
    overhead = counters.overhead("b", Role.PRIMARY)
    assert overhead is not None
    assert (overhead.p50_s, overhead.p99_s, overhead.count) == (0.051, 0.1, 100)
    assert counters.overhead("b", Role.VOICE) is None
    assert sum(counters.buckets) == 101
    assert counters.buckets[-1] == 1
    assert counters.took_s == pytest.approx(14.05)


def test_a_deleted_bin_is_forgotten() -> None:
    counters = WiretapCounters()
    counters.add("b", Role.PRIMARY, 0.1)
    counters.forget("b")
    assert counters.overhead("b", Role.PRIMARY) is None

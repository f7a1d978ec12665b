"""The metrics of wiretaps."""

from app.domain.roles import Role
from app.services.wiretaps.counters import WiretapCounters
from app.services.wiretaps.metrics import wiretap_metrics


def test_the_overhead_is_a_histogram() -> None:
    counters = WiretapCounters()
    counters.add("b", Role.PRIMARY, 0.004)
    counters.add("b", Role.PRIMARY, 7.0)
    (family,) = wiretap_metrics(counters)
    assert family.name == "smsbin_wiretap_overhead_seconds"
    values = {(sample.name, sample.labels.get("le")): sample.value for sample in family.samples}
    assert values["smsbin_wiretap_overhead_seconds_bucket", "0.005"] == 1
    assert values["smsbin_wiretap_overhead_seconds_bucket", "1.0"] == 1
    assert values["smsbin_wiretap_overhead_seconds_bucket", "+Inf"] == 2
    assert values["smsbin_wiretap_overhead_seconds_sum", None] == 7.004

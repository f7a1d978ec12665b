"""The metrics of listeners."""

from app.services.listeners.metrics import listener_metrics

from .conftest import Listening


async def test_metrics_have_the_lag_of_each_name(listening: Listening) -> None:
    await listening.capture(2)
    await listening.connect()
    other = await listening.connect(1, "other")
    other.left()
    await listening.listeners.look()
    found = {
        (sample.name, sample.labels.get("name")): sample.value
        for family in listener_metrics(listening.listeners)
        for sample in family.samples
    }
    assert found == {
        ("smsbin_listeners", None): 1.0, ("smsbin_listener_lag", "laptop"): 2.0, ("smsbin_listener_lag", "other"): 1.0,
    }  # fmt: skip

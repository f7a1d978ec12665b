"""The metrics of forwards."""

from app.services.forwards.metrics import forward_metrics

from .target import Forwarding, Target


async def test_metrics_have_the_state_of_each_forward(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url)
    await place.forwards.pause(place.bin.id, forward.id)
    await place.capture()
    await place.rows()
    assert await place.forwards.look() > 0
    found = {sample.name: sample.value for family in forward_metrics(place.forwards) for sample in family.samples}
    assert (found["smsbin_forward_due"], found["smsbin_forward_resting"]) == (1.0, 0.0)
    assert found["smsbin_forward_oldest_due_seconds"] > 0
    await place.forwards.resume(place.bin.id, forward.id)
    await place.until_stored(forward, 1, "delivered")
    await place.forwards.look()
    found = {sample.name: sample.value for family in forward_metrics(place.forwards) for sample in family.samples}
    assert (found["smsbin_forward_due"], found["smsbin_forward_oldest_due_seconds"]) == (0.0, 0.0)
    assert found["smsbin_forward_attempts_total"] == 1.0

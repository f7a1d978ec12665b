"""The metrics of alerts."""

from prometheus_client import generate_latest
from prometheus_client.core import CollectorRegistry

from app.services.alerts.metrics import alert_metrics
from tests.services.forwards.target import Target

from .watched import Watched


async def test_each_alert_fires_or_does_not_and_attempts_are_counted(place: Watched, target: Target) -> None:
    fires, quiet = await place.add(target.url), await place.add(filter="status:failed")
    await place.status("SM1", "sent")
    await place.until_delivered(fires, 1)

    class Collected:
        def collect(self):
            return alert_metrics(place.alerts)

    registry = CollectorRegistry()
    registry.register(Collected())
    text = generate_latest(registry).decode()
    assert f'smsbin_alerts_firing{{alert="{fires.id}"}} 1.0' in text
    assert f'smsbin_alerts_firing{{alert="{quiet.id}"}} 0.0' in text
    assert 'smsbin_alert_deliveries_total{result="delivered",target="webhook"} 1.0' in text

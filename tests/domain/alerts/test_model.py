"""The settings and the state of an alert."""

from app.domain.alerts.model import Alert, AlertDelivery, AlertKind, AlertState, AlertStatus, AlertTarget, AlertWebhook


def test_only_targets_that_are_set_get_deliveries() -> None:
    none = Alert(name="A", kind=AlertKind.MATCHES, browser=True)
    both = Alert(
        name="A", kind=AlertKind.MATCHES, webhook=AlertWebhook(url="https://x.example/"), emails=("a@b.example",)
    )
    assert (none.targets, both.targets) == ((), (AlertTarget.WEBHOOK, AlertTarget.EMAIL))


def test_a_paused_alert_does_not_fire() -> None:
    states = [AlertState(), AlertState(firing=True), AlertState(firing=True, paused=True)]
    assert [state.status for state in states] == [AlertStatus.OK, AlertStatus.FIRING, AlertStatus.PAUSED]


def test_a_webhook_id_is_the_same_for_every_attempt() -> None:
    ids = {
        AlertDelivery(alert_id="a1", number=7, target=AlertTarget.WEBHOOK, tries=tries).webhook_id for tries in (0, 3)
    }
    assert ids == {"a1.7"}

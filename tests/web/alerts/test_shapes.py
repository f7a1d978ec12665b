"""The JSON of alerts and of their notices."""

from datetime import UTC, datetime

from app.domain.alerts.model import (
    Alert,
    AlertDelivery,
    AlertKind,
    AlertNotice,
    AlertState,
    AlertTarget,
    NoticeKind,
    StoredAlert,
    StoredNotice,
)
from app.domain.forwards.model import DispatchState
from app.web.alerts.shapes import show_alert, show_notices

NOW = datetime(2026, 11, 29, tzinfo=UTC)
STORED = StoredAlert(
    id="a", bin_id="b", alert=Alert(name="A", kind=AlertKind.FALLBACK), made_at=NOW, position=3,
    state=AlertState(firing=True, since=NOW, notified_at=NOW, count=2, last_n=3),
)  # fmt: skip


def test_times_are_rfc3339_and_the_state_is_one_word() -> None:
    shape = show_alert(STORED, "whsec_x")
    assert (shape.state, shape.since, shape.notified_at) == ("firing", *["2026-11-29T00:00:00.000000Z"] * 2)
    assert (shape.within, shape.remind, shape.count, shape.capture, shape.secret) == ("10m", "0", 2, 3, "whsec_x")


def test_a_notice_has_the_words_that_its_targets_got() -> None:
    delivery = AlertDelivery(
        alert_id="a", number=4, target=AlertTarget.EMAIL, state=DispatchState.RETRYING, tries=1, due_at=NOW, error="no"
    )
    notice = AlertNotice(kind=NoticeKind.FIRING, at=NOW, since=NOW, count=2, n=3)
    (shape,) = show_notices(STORED, [StoredNotice(number=4, notice=notice, deliveries=(delivery,))], "Shop").items
    assert (shape.title, shape.webhook_id, shape.capture) == ("Alert: A", "a.4", 3)
    assert "in bin Shop" in shape.text
    (shown,) = shape.deliveries
    assert (shown.target, shown.state, shown.error, shown.next_at) == (
        "email", "retrying", "no", "2026-11-29T00:00:00.000000Z",
    )  # fmt: skip

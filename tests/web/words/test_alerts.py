"""Each kind of alert, notice, delivery and webhook has words."""

from app.domain.alerts.model import AlertKind, AlertStatus, AlertTarget, NoticeKind, WebhookShape
from app.domain.forwards.model import DispatchState
from app.web.words.alerts import ALERT_KINDS, ALERT_STATES, DELIVERY_WORDS, NOTICE_LOOKS, SHAPE_TITLES


def test_every_member_has_words() -> None:
    for words, members in (
        (ALERT_KINDS, AlertKind), (ALERT_STATES, AlertStatus), (NOTICE_LOOKS, NoticeKind), (SHAPE_TITLES, WebhookShape),
    ):  # fmt: skip
        assert set(words) == set(members)
    assert set(DELIVERY_WORDS) == set(DispatchState) - {DispatchState.HELD, DispatchState.IN_FLIGHT}
    assert {target.value for target in AlertTarget} == {"webhook", "email"}

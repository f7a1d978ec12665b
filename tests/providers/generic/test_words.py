"""Words of gateways: SMPP's, OneAPI's, names of events, codes that are no words, and directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.roles import Kind
from app.domain.statuses import UNKNOWN, Status, Word
from app.providers.generic.words import direction_of, direction_of_event, is_outbound, word_of


@pytest.mark.parametrize(
    ("said", "status", "final"),
    [
        ("DELIVRD", Status.DELIVERED, True),
        ("UNDELIV", Status.UNDELIVERED, True),
        ("EXPIRED", Status.EXPIRED, True),
        ("REJECTD", Status.REJECTED, True),
        ("ACCEPTD", Status.SENDING, False),
        ("ENROUTE", Status.SENDING, False),
        ("DELETED", Status.CANCELED, True),
        ("UNKNOWN", Status.UNKNOWN, True),
        ("DeliveredToTerminal", Status.DELIVERED, True),
        ("DeliveredToNetwork", Status.SENT, False),
        ("DeliveryImpossible", Status.UNDELIVERED, True),
        ("DeliveryUncertain", Status.SENT, False),
        ("MessageWaiting", Status.SENDING, False),
        ("DeliveryNotificationNotSupported", Status.SENT, True),
        ("submitted", Status.SENT, False),
        ("processed", Status.SENDING, False),
        ("message.phone.delivered", Status.DELIVERED, True),
        ("sms:failed", Status.FAILED, True),
        ("message_not_delivered", Status.UNDELIVERED, True),
        ("SmsDelivered", Status.DELIVERED, True),
        ("REJECTED_PREFIX_MISSING", Status.REJECTED, True),
        ("failed-dnd", Status.FAILED, True),
        ("soft bounce", Status.SENDING, False),
        ("Delivered.", Status.DELIVERED, True),
        ("DELIVRD:000", Status.DELIVERED, True),
        ("stat:UNDELIV", Status.UNDELIVERED, True),
    ],
)
def test_a_word_of_a_gateway_is_known(said: str, status: Status, final: bool) -> None:
    assert word_of(said) == Word(status, final=final)


@pytest.mark.parametrize("said", ["0", "1", "003", "-1", "0x0", "D", "?", " 12 ", ""])
def test_a_code_is_no_word(said: str) -> None:
    assert word_of(said) in (None, UNKNOWN) if said == "0x0" else word_of(said) is None


@pytest.mark.parametrize("said", ["Zapped", "sms", "message.created", "delivered to nobody", "x" * 300])
def test_any_other_word_is_unknown(said: str) -> None:
    assert word_of(said) == UNKNOWN


@pytest.mark.parametrize(
    ("said", "outbound"),
    [("delivered", True), ("FAILED", True), ("received", False), ("success", False), ("odd", False), ("1", False)],
)
def test_some_words_only_an_outbound_message_has(said: str, outbound: bool) -> None:
    assert is_outbound(said) == outbound
    assert not is_outbound(None)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("inbound", Kind.INBOUND), ("IN", Kind.INBOUND), ("I", Kind.INBOUND), ("incoming", Kind.INBOUND),
        ("MO", Kind.INBOUND), ("outbound-api", Kind.STATUS), ("O", Kind.STATUS), ("mt", Kind.STATUS),
        ("both", None), ("", None),
    ],
)  # fmt: skip
def test_a_direction_decides(said: str, kind: Kind | None) -> None:
    assert direction_of(said) is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sms:received", Kind.INBOUND), ("message.received", Kind.INBOUND), ("sms_mo", Kind.INBOUND),
        ("MoMessage", Kind.INBOUND), ("INCOMING_MESSAGE", Kind.INBOUND), ("mo_text", Kind.INBOUND),
        ("Microsoft.Communication.SMSReceived", Kind.INBOUND),
        ("Microsoft.Communication.SMSDeliveryReportReceived", Kind.STATUS), ("dlr", Kind.STATUS),
        ("MESSAGE_STATUS", Kind.STATUS), ("send_status", Kind.STATUS), ("outgoing", Kind.STATUS),
        ("sms", None), ("text", None), ("message.created", None), ("", None),
        ('{"received_at": 1}', None),
    ],
)  # fmt: skip
def test_the_name_of_an_event_decides(name: str, kind: Kind | None) -> None:
    assert direction_of_event(name) is kind


@given(st.text(max_size=250))
def test_no_text_makes_it_raise(said: str) -> None:
    word_of(said)
    is_outbound(said)
    direction_of(said)
    direction_of_event(said)

"""What a name means: in any spelling, in brackets, below objects that are not the message."""

import pytest

from app.providers.generic.names import DIRECTION, ID, OTHER, OURS, RECIPIENT, SENDER, STAMP, STATUS, TEXT, place_of


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("From", SENDER),
        ("FROM_NUMBER", SENDER),
        ("sms[from]", SENDER),
        ("sender-address", SENDER),
        ("data.from.phone_number", SENDER),
        ("to[]", RECIPIENT),
        ("to.0.phoneNumber", RECIPIENT),
        ("to_members.1", RECIPIENT),
        ("mobile", OTHER),
        ("contact.phone_number", OTHER),
        ("data.conversation.contact.msisdn", OTHER),
        ("justcall_number", OTHER),
        ("account.phone", OURS),
        ("shortCode", OURS),
        ("message.content.text", TEXT),
        ("message.@id", ID),
        ("status.code", STATUS),
        ("messageStatus.name", STATUS),
        ("direction", DIRECTION),
    ],
)
def test_a_name_has_a_meaning_in_any_spelling(path: str, meaning: str) -> None:
    place = place_of(path)
    assert place is not None
    assert place.meaning == meaning


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("smsFrom", SENDER), ("from_addr", SENDER), ("source_msisdn", SENDER), ("originatingAddress", SENDER),
        ("sTo", RECIPIENT), ("dest_addr", RECIPIENT), ("sent_to", RECIPIENT), ("receiverNumber", RECIPIENT),
        ("customer_phone_number", OTHER), ("remote_phone", OTHER), ("cellPhone", OTHER),
        ("local_phone", OURS), ("businessNumber", OURS), ("virtual_code", OURS),
        ("smsContent", TEXT), ("message_body", TEXT), ("moText", TEXT),
        ("sms_unique_id", ID), ("user_message_id", ID), ("smsRef", ID), ("apiMsgId", ID), ("sMessageId", ID),
        ("record_status", STATUS), ("dlrState", STATUS), ("msg_status", STATUS),
        ("receivedStamp", STAMP), ("time_created", STAMP), ("submitDate", STAMP), ("sent_at", STAMP),
    ],
)  # fmt: skip
def test_a_regular_name_need_not_be_listed(path: str, meaning: str) -> None:
    place = place_of(path)
    assert place is not None
    assert place.meaning == meaning


@pytest.mark.parametrize(
    "path",
    [
        "fromCity", "token", "recipient_id", "sourceId", "parentMessageId", "errorMessage", "messageCount", "update",
        "contactName", "deviceId", "expiryTime", "toName",
    ],
)  # fmt: skip
def test_a_name_that_only_begins_like_another_has_none(path: str) -> None:
    assert place_of(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "contact.id", "conversation.id", "conversation.status", "account.id", "user.id", "channel.status", "from.id",
        "errors.0.message", "attachments.0.type", "sim_number", "zzz", "", ".", "0", "[", "]", "[]", "a.",
    ],
)  # fmt: skip
def test_what_is_not_about_the_message_has_none(path: str) -> None:
    assert place_of(path) is None


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("from", ""),
        ("messages.from", ""),
        ("messages.0.from", "messages.0"),
        ("messages[7][from]", "messages.7"),
        ("0.data.from", "0"),
        ("entry.0.changes.2.value.messages.1.text.body", "entry.0.changes.2.value.messages.1"),
        ("attempts.3.status", ""),
    ],
)
def test_an_item_of_a_list_of_messages_is_named_by_its_place(path: str, item: str) -> None:
    place = place_of(path)
    assert place is not None
    assert place.item == item

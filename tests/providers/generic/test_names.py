"""What a name means: in any spelling, in brackets, below objects that are not the message."""

import pytest

from app.providers.generic.names import DIRECTION, ID, OTHER, OURS, RECIPIENT, SENDER, STATUS, TEXT, place_of


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
    "path",
    [
        "contact.id", "conversation.id", "conversation.status", "account.id", "user.id", "channel.status", "from.id",
        "status.id", "errors.0.message", "attachments.0.type", "sim_number", "zzz", "", ".", "0", "[", "]", "[]", "a.",
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

"""Events: an id for a message without one, and a form that older rows keep."""

from datetime import UTC, datetime

import msgspec

from app.domain.events import Event, Piece, made_id
from app.domain.roles import Kind

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_made_id_is_the_same_for_the_same_parties_text_and_time() -> None:
    made = made_id("+1", "+2", "hi", AT)
    assert made == made_id("+1", "+2", "hi", AT)
    assert made.startswith("made-")
    others = {
        made_id("+2", "+1", "hi", AT), made_id("+1", "+2", "ho", AT), made_id("+1", None, "hi", AT),
        made_id("+1", "+2", "hi", AT.replace(microsecond=1)), made_id("+", "1+2", "hi", AT),
    }  # fmt: skip
    assert made not in others
    assert len(others) == 5
    assert made_id(None, None, None, AT) == made_id("", "", "", AT)
    assert made_id("+1", "+2", "\ud800", AT)


def test_an_event_is_stored_without_names_and_one_of_an_older_version_is_read() -> None:
    event = Event(kind=Kind.INBOUND, message_id="m", text="hi", piece=Piece("r", 1, 2))
    stored = msgspec.json.encode(event)
    assert stored.startswith(b'["inbound","m"')
    assert msgspec.json.decode(stored, type=Event) == event
    assert msgspec.json.decode(b'["voice","c"]', type=Event) == Event(kind=Kind.VOICE, message_id="c")

"""Pictures of an inbound MMS read back as they were composed, where a provider sends them with the message."""

from datetime import UTC, datetime

import pytest

from app.domain.roles import Kind, Role
from app.providers import PROVIDERS, recognise
from app.providers.sheet import RequestSpec, as_raw

AT = datetime(2024, 7, 11, 9, 40, tzinfo=UTC)


@pytest.mark.parametrize("text", ["look & see 👀", None])
@pytest.mark.parametrize(
    ("name", "most"),
    [("bandwidth", 9), ("sinch", 9), ("infobip", 9), ("messagebird", 9), ("vonage", 1), ("clicksend", 1)],
)
def test_pictures_read_back(name: str, most: int, text: str | None) -> None:
    media = tuple(f"https://media.example.net/{n}.jpg?a=1&b=2" for n in range(min(most, 3)))
    wish = RequestSpec(
        kind=Kind.INBOUND,
        message_id="m",
        sender="+447700900163",
        recipient="+447700900142",
        text=text,
        raw_status=None,
        media=media,
        error_code=None,
        at=AT,
        url="https://bin.example.net/0123456789abcdef",
    )
    reading = recognise(as_raw(PROVIDERS[name].compose(wish), "/0123456789abcdef", AT), Role.PRIMARY)
    event = reading.events[0]
    assert (reading.provider, event.kind, event.media, event.said_at) == (name, Kind.INBOUND, media, AT)
    assert event.text == text or (text is None and event.text == "")

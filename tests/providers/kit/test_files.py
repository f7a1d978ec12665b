"""The types that a request states next to the addresses of files, whatever the provider calls them."""

import json

import pytest

from app.domain.roles import Role
from app.parsing import JsonValue
from app.providers import recognise
from app.providers.kit.files import types_of
from app.providers.kit.glance import Glance
from tests.storage.builders import a_raw

ADDRESS = "https://a.example/1"


def _types(body: JsonValue) -> tuple[str, ...]:
    raw = a_raw(body=json.dumps(body).encode(), headers=((b"Content-Type", b"application/json"),))
    return types_of(Glance(raw), (ADDRESS,))


@pytest.mark.parametrize(
    ("body", "types"),
    [
        ({"media": [{"url": ADDRESS, "content_type": "Image/JPEG; q=1"}]}, ("image/jpeg",)),
        ({"file": {"fileUrl": ADDRESS, "fileMimeType": "x", "mimeType": "video/mp4"}}, ("video/mp4",)),
        ({"media_url": ADDRESS, "media_content_type": "audio/amr"}, ("audio/amr",)),
        ({"message": {"type": "image", "url": ADDRESS}}, ("image/*",)),
        ({"message_type": "sms", "audio": {"url": ADDRESS}}, ("audio/*",)),
        ({"type": "text", "url": ADDRESS}, ()),
        ({"url": ADDRESS, "content_type": "image/jpeg,<b>"}, ()),
        ({"other": "x"}, ()),
    ],
)
def test_the_type_stands_next_to_the_address(body: JsonValue, types: tuple[str, ...]) -> None:
    assert _types(body) == types


def test_numbered_fields_of_a_form_belong_together() -> None:
    body = (
        b"MessageSid=MM%s&AccountSid=AC%s&ApiVersion=2010-04-01&Body=&NumMedia=2" % (b"0" * 32, b"0" * 32)
        + b"&From=%2B14155550123&To=%2B19495550142"
        + b"&MediaContentType1=video/3gpp&MediaUrl0=https://a.example/0&MediaUrl1=https://a.example/1"
    )
    raw = a_raw(body=body, headers=((b"Content-Type", b"application/x-www-form-urlencoded"),))
    reading = recognise(raw, Role.PRIMARY)
    assert reading.events[0].media == ("https://a.example/0", "https://a.example/1")
    assert reading.events[0].media_types == ("", "video/3gpp")
    assert reading.media == ("", "video/3gpp")

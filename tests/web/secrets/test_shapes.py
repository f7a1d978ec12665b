"""The JSON of secrets has no value of a secret."""

import msgspec

from app import clock
from app.domain.reader import SigningSecret
from app.web.secrets.shapes import SecretShape, show_secrets


def test_a_secret_is_shown_without_its_value() -> None:
    secret = SigningSecret(label="primary", scheme="twilio", secret="plain:s3cret", hash="c0ffee", added_at=clock.now())
    shown = msgspec.json.encode(show_secrets([secret]))
    assert b"s3cret" not in shown
    assert [each.label for each in show_secrets([secret]).items] == ["primary"]
    assert "secret" not in SecretShape.__struct_fields__

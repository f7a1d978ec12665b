"""Requests that are signed as Twilio does, for tests of everything around the verdict."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

SECRET = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
FIELDS = {"MessageSid": "SM" + "a" * 32, "AccountSid": "AC" + "0" * 32, "From": "+14155550123",
          "To": "+19495550142", "Body": "hi"}  # fmt: skip


def twilio_signature(url: str, fields: Mapping[str, str] = FIELDS, secret: str = SECRET) -> str:
    """The value of X-Twilio-Signature."""
    data = url + "".join(name + value for name, value in sorted(fields.items()))
    return base64.b64encode(hmac.new(secret.encode(), data.encode(), hashlib.sha1).digest()).decode()


def twilio_headers(url: str, fields: Mapping[str, str] = FIELDS, secret: str = SECRET) -> dict[str, str]:
    return {"X-Twilio-Signature": twilio_signature(url, fields, secret)}

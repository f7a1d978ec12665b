"""The JSON of signing secrets; the OpenAPI document's components are generated from these types."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from ...domain.reader import SigningSecret
from ...domain.units import rfc3339
from ..site.shapes import Time


class SecretShape(msgspec.Struct):
    """A stored secret, without its value."""

    label: str
    scheme: str | None
    hash: Annotated[
        str,
        Meta(
            description="Twelve hexadecimal digits that are the same for the same secret in one bin. They are computed"
            " slowly on purpose (scrypt), so that a short secret cannot be found by trying."
        ),
    ]
    added_at: Time


class SecretList(msgspec.Struct):
    """All secrets of a bin, oldest first."""

    items: list[SecretShape]


def show_secret(secret: SigningSecret) -> SecretShape:
    """One secret."""
    return SecretShape(secret.label, secret.scheme, secret.hash, rfc3339(secret.added_at))


def show_secrets(secrets: Sequence[SigningSecret]) -> SecretList:
    """All of them."""
    return SecretList([show_secret(secret) for secret in secrets])

"""What users set about how the captures of a bin are parsed, besides its provider."""

from datetime import datetime

import msgspec


class SigningSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of a bin, with which signatures are checked. `label` is unique in its bin.

    `scheme` is the name of a signature scheme; None: every scheme that a request could be signed with. `secret` is
    as stored, which may be encrypted.
    """

    label: str
    scheme: str | None
    secret: str
    added_at: datetime


class ReaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one bin. `mapping` is the JSON of its own field mapping, or None."""

    mapping: str | None = None
    secrets: tuple[SigningSecret, ...] = ()


DEFAULT_READER_SETTINGS = ReaderSettings()
"""The settings of a bin without any: test with `is`, which is fast."""

"""What users set about how the captures of a bin are parsed, besides its provider."""

from datetime import datetime

import msgspec


class SigningSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of a bin, with which signatures are checked. `label` is unique in its bin.

    `scheme` is the name of a signature scheme; None: every scheme that a request could be signed with. `secret` is
    as stored, which may be encrypted. `hash` identifies the secret for people, and does not reveal it.
    """

    label: str
    scheme: str | None
    secret: str
    hash: str
    added_at: datetime


class ReaderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one bin. `mapping` is the JSON of its own field mapping, or None."""

    mapping: str | None = None
    secrets: tuple[SigningSecret, ...] = ()


class ReaderContext(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the server on which verdicts about signatures depend. `secrets_key` opens the stored secrets,
    `public_url` is the URL at which providers reach the server; None: not set."""

    secrets_key: str | None = None
    public_url: str | None = None


DEFAULT_READER_CONTEXT = ReaderContext()
DEFAULT_READER_SETTINGS = ReaderSettings()
"""The settings of a bin without any: test with `is`, which is fast."""

"""The settings of the server that the parsers and the signature checks use."""

from ..domain.reader import ReaderContext
from ..settings import Settings
from .token_file import read_secret_file


def context_of(settings: Settings) -> ReaderContext:
    """The settings on which verdicts depend. Raises CannotStart when the file of the key cannot be read."""
    key = settings.secrets_key
    if settings.secrets_key_file is not None:
        key = read_secret_file(settings.secrets_key_file, "secrets key")
    return ReaderContext(secrets_key=key, public_url=settings.public_url)

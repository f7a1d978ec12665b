"""The ledger process with the providers' data sheets: `python -m <package>.follower <pipe> …`.

It is outside of `storage/`, which does not import `providers/`: the parser is passed in.
"""

import hashlib
import sys
from pathlib import Path

from .domain.captures import RawRequest, Reading
from .domain.reader import DEFAULT_READER_SETTINGS, ReaderSettings
from .domain.roles import Role
from .providers import recognise
from .providers.custom import custom_reader
from .storage.ledger.process import follow
from .storage.ledger.steps import CaptureReader

HERE = Path(__file__).parent
# The code that parses and folds captures. A ledger that was made by other code is rebuilt.
_SOURCES = ("domain", "parsing", "providers", "storage/ledger")


def read_capture(raw: RawRequest, role: Role, provider: str | None, settings: ReaderSettings) -> Reading:
    """Parse a capture with the settings of its bin."""
    if settings is DEFAULT_READER_SETTINGS:
        return recognise(raw, role, provider)
    return recognise(raw, role, provider, custom_reader(settings.mapping))


def make_capture_reader() -> CaptureReader:
    """A reader that uses the data sheets. Its version is a digest of its source files, so that it changes with them."""
    digest = hashlib.sha256()
    for path in (path for folder in _SOURCES for path in sorted((HERE / folder).rglob("*.py"))):
        digest.update(path.read_bytes())
    return CaptureReader(read_capture, digest.hexdigest()[:16])


if __name__ == "__main__":
    follow(sys.argv[1:], make_capture_reader)
